import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { DEFAULT_POLICY_TEXT } from './default-policy.js';
import { parsePolicy } from './policy-file.js';
import { PolicyInvalid } from './yaml-text.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const SEED = 20_261_129;
const lines = DEFAULT_POLICY_TEXT.split('\n');
const line = fc.oneof(
  fc.constantFrom(
    ...lines,
    'version: 1',
    '- &a [*a, *a]',
    'rules: *x',
    '? {a: b}',
    '!!js/function "x"',
    '<<: *a',
  ),
  fc.string({ maxLength: 30 }),
);

function outcome(text: string): 'policy' | 'refused' {
  try {
    parsePolicy(text);
    return 'policy';
  } catch (error) {
    if (error instanceof PolicyInvalid) return 'refused';
    throw error;
  }
}

describe('any text as a policy file', () => {
  it.prop([fc.array(line, { maxLength: 30 })], { numRuns: 200, seed: SEED })(
    'is a policy, or refused with its faults',
    (written) => {
      expect(['policy', 'refused']).toContain(outcome(written.join('\n')));
    },
  );

  it('that grows by its references is refused', () => {
    const bomb = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(outcome(['a0: &a0 [x]', ...bomb, 'allow: *a12'].join('\n'))).toBe('refused');
  });
});
