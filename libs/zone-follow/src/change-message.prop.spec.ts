import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { changeMessage } from './change-message.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const message = fc.record({
  zone: fc.oneof(fc.constantFrom('ip', 'domain', 'hash', 'score'), fc.string()),
  from: fc.oneof(fc.nat(), fc.anything()),
  to: fc.oneof(fc.nat(), fc.anything()),
  announce: fc.array(fc.tuple(fc.oneof(fc.ipV4(), fc.string()), fc.array(fc.oneof(fc.ipV4(), fc.string())))),
  withdraw: fc.array(fc.oneof(fc.ipV4(), fc.domain(), fc.string())),
});

describe('whatever calls itself a change', () => {
  it.prop([fc.oneof(message, fc.anything())], { numRuns: 200, seed: 20_261_129 })(
    'is a delta that moves forward with codes of the loopback network, or refused',
    (sent) => {
      const { data } = changeMessage.safeParse(sent);
      if (!data) return;
      expect(data.to).toBeGreaterThan(data.from);
      for (const { codes } of data.announce) {
        for (const code of codes) expect(code >>> 24).toBe(127);
      }
    },
  );
});
