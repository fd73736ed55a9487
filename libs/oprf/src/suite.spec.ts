import { beforeAll, describe, expect, it } from 'vitest';
import vectors from '../vectors/rfc9497-voprf.json' with { type: 'json' };
import { concat, utf8 } from './bytes.js';
import { finalHash } from './ciphersuite.js';
import { proofHolds } from './dleq.js';
import { frameInput, loadSuite, OprfError, type OprfErrorCode, type Suite } from './index.js';
import { addElements, invertScalar, multiply, reduce, sha512, subtractScalars } from './ristretto.js';

const fromHex = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
const toHex = (bytes: Uint8Array | undefined) =>
  Array.from(bytes ?? [], (octet) => octet.toString(16).padStart(2, '0')).join('');

/** Gives the scalars of a vector one after the other, each as 64 octets that reduce to it. */
function replay(...scalars: readonly string[]) {
  const rest = [...scalars];
  return () => concat(fromHex(rest.shift() ?? ''), new Uint8Array(32));
}
/** A fixed sequence that looks random. */
function sequence(seed: string) {
  let state = utf8(seed);
  return (length: number) => (state = sha512(state)).slice(0, length);
}
function codeOf(step: () => unknown): OprfErrorCode | undefined {
  try {
    step();
  } catch (error) {
    if (error instanceof OprfError) return error.code;
    throw error;
  }
  return undefined;
}

// q, the order of the group: the smallest number that is no scalar.
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
const IDENTITY = new Uint8Array(32);
const NOT_CANONICAL = new Uint8Array(32).fill(255);
const INPUTS = ['+81312345678', '+81901234567', '+81701234567'].map((value) =>
  frameInput({ type: 'phone', canonVersion: 1, value }),
);

let suite: Suite;
beforeAll(async () => {
  suite = await loadSuite();
});

function federation(seed = 'federation') {
  const hub = suite.randomKeyShare(sequence(`${seed} hub`));
  const trustee = suite.randomKeyShare(sequence(`${seed} trustee`));
  return { hub, trustee };
}
function ask(inputs = INPUTS, seed = 'member') {
  const { hub, trustee } = federation();
  const blinded = suite.blind(inputs, sequence(seed));
  const elements = blinded.map((one) => one.element);
  const byHub = suite.verify(hub.publicKey, elements, suite.evaluate(hub, elements, sequence('p1')));
  const byTrustee = suite.verify(
    trustee.publicKey,
    elements,
    suite.evaluate(trustee, elements, sequence('p2')),
  );
  return { hub, trustee, blinded, elements, byHub, byTrustee };
}

describe('RFC 9497, appendix A.1.2', () => {
  it('derives the key pair of the seed', () => {
    const share = suite.deriveKeyShare(fromHex(vectors.seed), fromHex(vectors.keyInfo));
    expect(toHex(share.exportSecret())).toBe(vectors.secretKey);
    expect(toHex(share.publicKey)).toBe(vectors.publicKey);
  });

  it.each(vectors.vectors.map((vector, i) => ({ ...vector, number: i + 1 })))(
    'gives vector $number: blinded and evaluated elements, proof and output',
    (vector) => {
      const share = suite.keyShare(fromHex(vectors.secretKey));
      const blinded = suite.blind(vector.input.map(fromHex), replay(...vector.blind));
      const elements = blinded.map((one) => one.element);
      expect(elements.map(toHex)).toEqual(vector.blinded);
      const { evaluated, proof } = suite.evaluate(share, elements, replay(vector.proofRandomScalar));
      expect(evaluated.map(toHex)).toEqual(vector.evaluated);
      expect(toHex(proof)).toBe(vector.proof);
      expect(proofHolds(share.publicKey, elements, evaluated, proof)).toBe(true);
      const outputs = blinded.map(({ input, blind }, i) =>
        finalHash(input, multiply(invertScalar(blind), evaluated[i] ?? IDENTITY)),
      );
      expect(outputs.map(toHex)).toEqual(vector.output);
    },
  );

  it.each(vectors.vectors)('gives its outputs when the key is split between two parties', (vector) => {
    const hub = suite.randomKeyShare(sequence('split'));
    const trustee = suite.keyShare(subtractScalars(fromHex(vectors.secretKey), hub.exportSecret()));
    const blinded = suite.blind(vector.input.map(fromHex), sequence('other blinds'));
    const elements = blinded.map((one) => one.element);
    const sum = suite.combine(
      suite.verify(hub.publicKey, elements, suite.evaluate(hub, elements, sequence('a'))),
      suite.verify(trustee.publicKey, elements, suite.evaluate(trustee, elements, sequence('b'))),
    );
    expect(suite.finalize(blinded, sum).map(toHex)).toEqual(vector.output);
  });
});

describe('a token', () => {
  it('does not depend on the blinding, the batch or its order', () => {
    const one = ask(INPUTS, 'first');
    const other = ask([...INPUTS].reverse(), 'second');
    expect(other.elements.map(toHex)).not.toEqual([...one.elements].reverse().map(toHex));
    const tokens = suite.finalize(one.blinded, suite.combine(one.byHub, one.byTrustee));
    const again = suite.finalize(other.blinded, suite.combine(other.byHub, other.byTrustee));
    expect(again.reverse().map(toHex)).toEqual(tokens.map(toHex));
    expect(new Set(tokens.map(toHex)).size).toBe(INPUTS.length);
  });

  it('is sealed differently for each epoch and type, to 32 octets', () => {
    const token = sha512(utf8('token'));
    const seals = (['2026-11', '2026-12'] as const).flatMap((epoch) =>
      ['phone', 'email'].map((type) => suite.sealToken(token, { epoch: epoch as never, type })),
    );
    expect(new Set(seals.map(toHex)).size).toBe(4);
    expect(seals.map((seal) => seal.length)).toEqual([32, 32, 32, 32]);
    expect(codeOf(() => suite.sealToken(token.slice(1), { epoch: '2026-11' as never, type: 'phone' }))).toBe(
      'length-invalid',
    );
  });

  it('is not made from one party twice, from other elements, or from keys that cancel out', () => {
    const { hub, blinded, elements, byHub, byTrustee } = ask();
    expect(codeOf(() => suite.combine(byHub, byHub))).toBe('shares-not-independent');
    const opposite = suite.keyShare(subtractScalars(reduce(IDENTITY), hub.exportSecret()));
    const byOpposite = suite.verify(
      opposite.publicKey,
      elements,
      suite.evaluate(opposite, elements, sequence('o')),
    );
    expect(codeOf(() => suite.combine(byHub, byOpposite))).toBe('shares-not-independent');
    const foreign = ask(INPUTS, 'other blinds');
    expect(codeOf(() => suite.combine(byHub, foreign.byTrustee))).toBe('batch-invalid');
    expect(codeOf(() => suite.finalize([...blinded].reverse(), suite.combine(byHub, byTrustee)))).toBe(
      'batch-invalid',
    );
  });
});

describe('a proof', () => {
  it('fails for a party that used another key for this member', () => {
    const { hub, elements } = ask();
    const other = suite.randomKeyShare(sequence('another key'));
    const answer = suite.evaluate(other, elements, sequence('p'));
    expect(codeOf(() => suite.verify(hub.publicKey, elements, answer))).toBe('proof-invalid');
  });

  it('fails when one element of the batch, its order or one bit of it is changed', () => {
    const { hub, elements } = ask();
    const { evaluated, proof } = suite.evaluate(hub, elements, sequence('p'));
    const other = suite.randomKeyShare(sequence('another key'));
    const [foreign] = suite.evaluate(other, elements.slice(0, 1), sequence('p')).evaluated;
    const tampered = [foreign ?? IDENTITY, ...evaluated.slice(1)];
    expect(codeOf(() => suite.verify(hub.publicKey, elements, { evaluated: tampered, proof }))).toBe(
      'proof-invalid',
    );
    const reversed = { evaluated: [...evaluated].reverse(), proof };
    expect(codeOf(() => suite.verify(hub.publicKey, elements, reversed))).toBe('proof-invalid');
    for (const at of [0, 32]) {
      const flipped = proof.map((octet, i) => (i === at ? octet ^ 1 : octet));
      expect(codeOf(() => suite.verify(hub.publicKey, elements, { evaluated, proof: flipped }))).toBe(
        'proof-invalid',
      );
    }
    expect(
      codeOf(() => suite.verify(hub.publicKey, elements, { evaluated: evaluated.slice(1), proof })),
    ).toBe('batch-invalid');
  });

  it('cannot be made for a key computed from the other party’s, whose secret nobody knows', () => {
    const { hub, elements } = ask();
    const chosen = suite.randomKeyShare(sequence('chosen'));
    // chosen - hub: with it the sum of both keys would be the chosen one, known to one party alone.
    const minusOne = subtractScalars(reduce(IDENTITY), reduce(Uint8Array.of(1)));
    const difference = (a: Uint8Array, b: Uint8Array) => addElements(a, multiply(minusOne, b));
    const byChosen = suite.evaluate(chosen, elements, sequence('p'));
    const byHub = suite.evaluate(hub, elements, sequence('q'));
    const evaluated = byChosen.evaluated.map((element, i) =>
      difference(element, byHub.evaluated[i] ?? IDENTITY),
    );
    const rogueKey = difference(chosen.publicKey, hub.publicKey);
    expect(codeOf(() => suite.verify(rogueKey, elements, { evaluated, proof: byChosen.proof }))).toBe(
      'proof-invalid',
    );
  });

  it('uses fresh randomness once, and no proof is made from none', () => {
    const { hub, elements } = ask();
    const lengths: number[] = [];
    suite.evaluate(hub, elements, (length) => {
      lengths.push(length);
      return new Uint8Array(length).fill(7);
    });
    expect(lengths).toEqual([64]);
    expect(codeOf(() => suite.evaluate(hub, elements, (length) => new Uint8Array(length)))).toBe(
      'random-unfit',
    );
    expect(codeOf(() => suite.evaluate(hub, elements, () => new Uint8Array(16).fill(1)))).toBe(
      'random-unfit',
    );
  });
});

describe('strict decoding', () => {
  it.each([
    ['the identity', IDENTITY, 'element-invalid'],
    ['a non-canonical encoding', NOT_CANONICAL, 'element-invalid'],
    ['a negative field element', Uint8Array.of(1, ...new Uint8Array(31)), 'element-invalid'],
    ['31 octets', new Uint8Array(31).fill(1), 'length-invalid'],
    ['33 octets', new Uint8Array(33).fill(1), 'length-invalid'],
  ])('refuses %s wherever an element stands, and says where', (_name, bad, code) => {
    const { hub, elements } = ask();
    const answer = suite.evaluate(hub, elements, sequence('p'));
    const withBad = [elements[0] ?? IDENTITY, bad, elements[2] ?? IDENTITY];
    expect(codeOf(() => suite.evaluate(hub, withBad, sequence('p')))).toBe(code);
    expect(() => suite.evaluate(hub, withBad, sequence('p'))).toThrow(expect.objectContaining({ index: 1 }));
    expect(codeOf(() => suite.verify(hub.publicKey, withBad, answer))).toBe(code);
    expect(codeOf(() => suite.verify(hub.publicKey, elements, { ...answer, evaluated: withBad }))).toBe(code);
    expect(codeOf(() => suite.verify(bad, elements, answer))).toBe(code);
  });

  it('refuses scalars that are zero, not reduced, or of another length', () => {
    expect(codeOf(() => suite.keyShare(ORDER))).toBe('scalar-invalid');
    expect(codeOf(() => suite.keyShare(NOT_CANONICAL))).toBe('scalar-invalid');
    expect(codeOf(() => suite.keyShare(IDENTITY))).toBe('scalar-invalid');
    expect(codeOf(() => suite.keyShare(new Uint8Array(31).fill(1)))).toBe('length-invalid');
    const { hub, elements } = ask();
    const { evaluated, proof } = suite.evaluate(hub, elements, sequence('p'));
    const unreduced = concat(proof.slice(0, 32), ORDER);
    expect(codeOf(() => suite.verify(hub.publicKey, elements, { evaluated, proof: unreduced }))).toBe(
      'scalar-invalid',
    );
    const short = proof.slice(1);
    expect(codeOf(() => suite.verify(hub.publicKey, elements, { evaluated, proof: short }))).toBe(
      'length-invalid',
    );
  });

  it('takes batches of 1 to 100', () => {
    const { hub, elements } = ask();
    const element = elements[0] ?? IDENTITY;
    const batch = (length: number) => Array.from({ length }, () => element);
    expect(codeOf(() => suite.evaluate(hub, [], sequence('p')))).toBe('batch-invalid');
    expect(codeOf(() => suite.evaluate(hub, batch(101), sequence('p')))).toBe('batch-invalid');
    expect(suite.evaluate(hub, batch(100), sequence('p')).evaluated).toHaveLength(100);
    expect(codeOf(() => suite.blind([], sequence('p')))).toBe('batch-invalid');
  });
});

describe('a key share', () => {
  it('does not show its secret in JSON', () => {
    const share = suite.randomKeyShare(sequence('x'));
    expect(Object.keys(share)).toEqual(['publicKey']);
    expect(suite.keyShare(share.exportSecret()).publicKey).toEqual(share.publicKey);
  });
});
