// Our OPRF, on both forms of libsodium, against two implementations that share no code with it: @noble/curves and @cloudflare/voprf-ts.
import { deriveKeyPair, Oprf } from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';
import { ristretto255, ristretto255_oprf } from '@noble/curves/ed25519.js';
import {
  decodeEvaluateRequest,
  encodeEvaluateAnswer,
  frameInput,
  type KeyShare,
  loadSuite,
  OprfError,
  type Suite,
} from '@sekisho/oprf';
import { nativeElements } from '@sekisho/sodium';
import { requireLibrary } from '@sekisho/testing';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { obtainTokens, type Post } from './oprf-foreign-client.js';

const { voprf, oprf } = ristretto255_oprf;
const RUNS = { seed: 9497, numRuns: 15 };

/** A fixed sequence that looks random. */
function sequence(seed: string) {
  let state = Buffer.from(seed);
  return (length = 64): Uint8Array<ArrayBuffer> => {
    state = createHash('sha512').update(state).digest();
    return Uint8Array.from(state.subarray(0, length));
  };
}

let suite: Suite;
let hub: KeyShare;
let trustee: KeyShare;

const inputs = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 5 });
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const label = fc.uint8Array({ maxLength: 40 });

/** Our tokens, from both parties. */
function tokensOf(framed: readonly Uint8Array[]): Uint8Array[] {
  const blinded = suite.blind(framed, sequence('blinds'));
  const elements = blinded.map(({ element }) => element);
  const [byHub, byTrustee] = [hub, trustee].map((share) =>
    suite.verify(share.publicKey, elements, suite.evaluate(share, elements, sequence('proof'))),
  );
  if (!byHub || !byTrustee) throw new Error('two parties must answer');
  return suite.finalize(blinded, suite.combine(byHub, byTrustee));
}

async function systemElements() {
  const elements = nativeElements([await requireLibrary('libsodium.so.23', 'libsodium23')]);
  if (!elements) throw new Error('libsodium has no ristretto255');
  return elements;
}

describe.each(['wasm', 'native'] as const)('on libsodium, %s', (arithmetic) => {
  beforeAll(async () => {
    suite = await loadSuite(arithmetic === 'native' ? await systemElements() : undefined);
    hub = suite.randomKeyShare(sequence('hub'));
    trustee = suite.randomKeyShare(sequence('trustee'));
  });

  describe('@noble/curves', () => {
    it('derives the same key pairs', () => {
      fc.assert(
        fc.property(seeds, label, (seed, info) => {
          const share = suite.deriveKeyShare(seed, info);
          const { secretKey, publicKey } = voprf.deriveKeyPair(seed, info);
          expect([share.exportSecret(), share.publicKey]).toEqual([secretKey, publicKey]);
        }),
        RUNS,
      );
    });

    it('accepts our proofs, and we accept its proofs', () => {
      fc.assert(
        fc.property(inputs, (batch) => {
          const blinded = suite.blind(batch, sequence('blinds'));
          const elements = blinded.map(({ element }) => element);
          const ours = suite.evaluate(hub, elements, sequence('proof'));
          const theirs = voprf.blindEvaluateBatch(
            hub.exportSecret(),
            hub.publicKey,
            elements,
            sequence('theirs'),
          );
          expect(theirs.evaluated).toEqual(ours.evaluated);
          suite.verify(hub.publicKey, elements, theirs);
          const items = blinded.map(({ input, blind, element }, i) => ({
            input,
            blind,
            blinded: element,
            evaluated: ours.evaluated[i] ?? new Uint8Array(),
          }));
          expect(voprf.finalizeBatch(items, hub.publicKey, ours.proof)).toHaveLength(batch.length);
        }),
        RUNS,
      );
    });

    it('gives the tokens of the split key from the sum of both shares', () => {
      const { Fn } = ristretto255.Point;
      const sum = Fn.toBytes(Fn.add(Fn.fromBytes(hub.exportSecret()), Fn.fromBytes(trustee.exportSecret())));
      fc.assert(
        fc.property(inputs, (batch) => {
          const expected = batch.map((input) => {
            const { blind, blinded } = voprf.blind(input, sequence('theirs'));
            return oprf.finalize(input, blind, oprf.blindEvaluate(sum, blinded));
          });
          expect(tokensOf(batch)).toEqual(expected);
        }),
        RUNS,
      );
    });

    it('takes and refuses the same encodings of elements', () => {
      const isTaken = (step: () => unknown): boolean => {
        try {
          step();
          return true;
        } catch (error) {
          if (error instanceof OprfError) expect(['element-invalid', 'length-invalid']).toContain(error.code);
          return false;
        }
      };
      const valid = seeds.map((seed) => suite.deriveKeyShare(seed, new Uint8Array()).publicKey);
      const flipped = fc
        .tuple(valid, fc.nat({ max: 255 }))
        .map(([element, bit]) =>
          element.map((octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet)),
        );
      const verdicts = new Set<boolean>();
      fc.assert(
        fc.property(fc.oneof(valid, flipped, seeds, fc.constant(new Uint8Array(32))), (bytes) => {
          const ours = isTaken(() => suite.evaluate(hub, [bytes], sequence('proof')));
          expect(ours).toBe(
            isTaken(() => voprf.blindEvaluate(hub.exportSecret(), hub.publicKey, bytes, sequence('theirs'))),
          );
          verdicts.add(ours);
        }),
        { ...RUNS, numRuns: 60 },
      );
      expect(verdicts).toEqual(new Set([true, false]));
    });
  });

  describe('@cloudflare/voprf-ts', () => {
    const framed = ['+81312345678', '+819012345678'].map((value) =>
      frameInput({ type: 'phone', canonVersion: 1, value }),
    );
    const parties = () => ({
      hub: { url: 'hub', publicKey: hub.publicKey },
      trustee: { url: 'trustee', publicKey: trustee.publicKey },
    });
    /** Both servers by our code, over the published JSON. */
    const serve =
      (shares: Record<string, KeyShare>): Post =>
      ({ url }, body) => {
        const share = shares[url];
        if (share === undefined) throw new Error(`no party at ${url}`);
        const { blinded } = decodeEvaluateRequest(JSON.parse(JSON.stringify(body)));
        const answer = encodeEvaluateAnswer(suite.evaluate(share, blinded, sequence(`proof ${url}`)));
        return Promise.resolve(JSON.parse(JSON.stringify(answer)));
      };

    it('derives the same key pair', async () => {
      const seed = new Uint8Array(32).fill(9);
      const info = Uint8Array.from(Buffer.from('epoch 2026-11'));
      const suiteId = Oprf.Suite.RISTRETTO255_SHA512;
      const pair = await deriveKeyPair(Oprf.Mode.VOPRF, suiteId, seed, info, CryptoNoble);
      const share = suite.deriveKeyShare(seed, info);
      expect([share.exportSecret(), share.publicKey]).toEqual([pair.privateKey, pair.publicKey]);
    });

    it('obtains our tokens from our servers, with its own blinding', async () => {
      const tokens = await obtainTokens(parties(), '2026-11', framed, serve({ hub, trustee }));
      expect(tokens.map((token) => Buffer.from(token).toString('hex'))).toEqual(
        tokensOf(framed).map((token) => Buffer.from(token).toString('hex')),
      );
    });

    it.each(['hub', 'trustee'] as const)('catches a %s that answers with another key', async (cheat) => {
      const other = suite.randomKeyShare(sequence('a key for one member'));
      const post = serve({ hub, trustee, [cheat]: other });
      await expect(obtainTokens(parties(), '2026-11', framed, post)).rejects.toThrow('proof failed');
    });
  });
});

describe('another library', () => {
  const none = new Uint8Array(32);
  const wrong = {
    fromHash: () => none,
    add: () => none,
    multiply: () => none,
    multiplyGenerator: () => none,
  };

  it('is not used when it gives other results', async () => {
    const load = loadSuite({ ...wrong, isElement: () => true });
    await expect(load).rejects.toMatchObject({ code: 'arithmetic-unfit', kind: 'Bug' });
  });

  it('need not be there', () => {
    expect(nativeElements(['libsekisho-nowhere.so'])).toBeUndefined();
  });
});
