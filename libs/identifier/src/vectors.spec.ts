import { IDENTIFIER_TYPES } from '@sekisho/subscriber';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/v1.json' with { type: 'json' };
import { CANON_VERSION, canonicalise, IdentifierInvalid, type IdentifierSource } from './index.js';

// JSON widens the discriminators to strings; the vectors are sources by what is written in them.
const sourceOf = (source: unknown) => source as IdentifierSource;

describe('the published vectors', () => {
  it('are of the version that is in force', () => {
    expect(vectors.canonVersion).toBe(CANON_VERSION);
  });

  it.each(vectors.valid.map(({ source, values }) => ({ written: JSON.stringify(source), source, values })))(
    '$written becomes $values',
    ({ source, values }) => {
      const identifiers = canonicalise(sourceOf(source));
      expect(identifiers.map(({ value }) => value)).toEqual(values);
      expect(identifiers.map(({ canonVersion }) => canonVersion)).toEqual(values.map(() => CANON_VERSION));
    },
  );

  it.each(vectors.invalid.map((vector) => ({ ...vector, written: JSON.stringify(vector.source) })))(
    '$written is refused as $code in $where, and not repeated',
    ({ source, code, where }) => {
      let refusal: unknown;
      try {
        canonicalise(sourceOf(source));
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(IdentifierInvalid);
      expect(refusal).toMatchObject({ code, where, type: source.type, kind: 'Rejected' });
      expect(String(refusal)).toContain('Example: ');
      const { type, ...parts } = source;
      expect(type).not.toBe('');
      for (const text of Object.values({ ...parts, ...('payer' in parts ? parts.payer : {}) })) {
        // Shorter ones are in the words of any message.
        if (typeof text === 'string' && text.length >= 5) expect(String(refusal)).not.toContain(text);
      }
    },
  );

  it('cover every type', () => {
    const types = vectors.valid.flatMap(({ source }) =>
      canonicalise(sourceOf(source)).map(({ type }) => type),
    );
    expect(new Set(types)).toEqual(new Set(IDENTIFIER_TYPES));
  });
});
