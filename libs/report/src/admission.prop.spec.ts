import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { admit, type AdmissionRules } from './admission.js';
import { CATEGORIES, EVIDENCE } from './vocabulary.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const SEED = 20_261_129;
const NOW = Date.UTC(2026, 10, 20, 12);
const rules: AdmissionRules = { now: NOW, ownNetworks: [], allowReserved: true };

const time = fc.oneof(
  fc
    .date({ min: new Date(NOW - 86_400_000), max: new Date(NOW), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.string(),
);
const near = fc.record(
  {
    subject: fc.oneof(
      fc.record({
        type: fc.constantFrom('ip', 'domain', 'address', 'x'),
        value: fc.oneof(fc.ipV4(), fc.domain(), fc.string()),
      }),
      fc.anything(),
    ),
    category: fc.oneof(fc.constantFrom(...CATEGORIES), fc.anything()),
    evidence: fc.oneof(fc.constantFrom(...EVIDENCE), fc.anything()),
    count: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.anything()),
    firstSeen: time,
    lastSeen: time,
    fingerprint: fc.oneof(fc.string(), fc.anything()),
    urlHosts: fc.oneof(fc.array(fc.domain()), fc.anything()),
    body: fc.string(),
  },
  { requiredKeys: ['subject', 'category', 'evidence', 'firstSeen', 'lastSeen'] },
);

describe('whatever a member sends as a report', () => {
  it.prop([fc.oneof(near, fc.anything({ withNullPrototype: true }))], { numRuns: 200, seed: SEED })(
    'is accepted or refused with a code and a short message, and never more',
    (item) => {
      const verdict = admit(item, rules);
      if (verdict.accepted) {
        expect(Object.keys(verdict.report)).not.toContain('body');
        return;
      }
      expect(verdict.code).toMatch(/^[a-z-]+$/);
      expect(verdict.message.length).toBeLessThan(500);
    },
  );

  it('pollutes no prototype', () => {
    const item: unknown = JSON.parse(
      '{"__proto__": {"isEvil": true}, "constructor": {"prototype": {"isEvil": true}}}',
    );
    expect(admit(item, rules).accepted).toBe(false);
    expect(({} as { isEvil?: boolean }).isEvil).toBeUndefined();
  });
});
