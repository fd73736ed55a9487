import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LogRefused } from './errors.js';
import { rootOf } from './frontier.js';
import { entryOf, GrowingLog, recursiveRoot } from './growing-log.fixture.js';
import { leafHash, type Hash } from './hash.js';
import { parseCheckpoint, parseNote } from './note.js';
import { Prover, verifyConsistency, verifyInclusion, type Proof } from './proof.js';
import { encodeAddCheckpoint, parseAddCheckpoint } from './witness.js';
import { parseTilePath, tilePath } from './tile.js';

const sizes = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 250, max: 600 }));
const entriesOf = (size: number) => Array.from({ length: size }, (_, i) => entryOf(i));
const logOf = (size: number) => {
  const log = new GrowingLog();
  log.add(...entriesOf(size));
  return log;
};
const flip = (hash: Hash): Hash => hash.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
const spoilt = (proof: Proof, at: number): Proof =>
  proof.map((hash, i) => (i === at % proof.length ? flip(hash) : hash));

describe('the tree', () => {
  it.prop([fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 8 })])(
    'is the recursive definition, however its leaves arrived',
    (batches) => {
      const log = new GrowingLog();
      const all: Uint8Array[] = [];
      for (const length of batches) {
        const batch = Array.from({ length }, (_, i) => entryOf(all.length + i));
        log.add(...batch);
        all.push(...batch);
      }
      expect(rootOf(log.frontier)).toEqual(recursiveRoot(all));
    },
  );

  it.prop([sizes, fc.nat(), fc.nat()])('proves each leaf, and no other', async (size, pick, at) => {
    const index = pick % size;
    const log = logOf(size);
    const root = rootOf(log.frontier);
    const prover = new Prover(size, log.read);
    const proof = await prover.inclusion(index);
    const leaf = leafHash(entryOf(index));
    expect(await prover.root()).toEqual(root);
    verifyInclusion(leaf, index, size, proof, root);
    const refused = (lie: () => void) => {
      expect(lie).toThrow(LogRefused);
    };
    refused(() => {
      verifyInclusion(flip(leaf), index, size, proof, root);
    });
    if (size === 1) return;
    refused(() => {
      verifyInclusion(leaf, (index + 1) % size, size, proof, root);
    });
    refused(() => {
      verifyInclusion(leaf, index, size, spoilt(proof, at), root);
    });
    refused(() => {
      verifyInclusion(leaf, index, size, proof.slice(1), root);
    });
    refused(() => {
      verifyInclusion(leaf, index, size, [...proof, leaf], root);
    });
  });

  it.prop([sizes, fc.nat(), fc.nat()])('proves that it only grew', async (size, pick, at) => {
    const log = logOf(size);
    const second = { size, root: rootOf(log.frontier) };
    const older = pick % (size + 1);
    const first = { size: older, root: rootOf(logOf(older).frontier) };
    const proof = await new Prover(size, log.read).consistency(older);
    verifyConsistency(first, second, proof);
    if (older === 0 || older === size) return;
    for (const lie of [
      () => {
        verifyConsistency({ ...first, root: flip(first.root) }, second, proof);
      },
      () => {
        verifyConsistency(first, { ...second, root: flip(second.root) }, proof);
      },
      () => {
        verifyConsistency(first, second, spoilt(proof, at));
      },
      () => {
        verifyConsistency(first, second, proof.slice(1));
      },
      () => {
        verifyConsistency(second, first, proof);
      },
    ]) {
      expect(lie).toThrow(LogRefused);
    }
  });

  it.prop([sizes, fc.nat()])('cannot be rewritten in a leaf that was published', async (size, pick) => {
    const older = 1 + (pick % size);
    const first = { size: older, root: rootOf(logOf(older).frontier) };
    const forged = new GrowingLog();
    forged.add(...entriesOf(size + 1).map((entry, i) => (i === older - 1 ? entryOf(70_000) : entry)));
    const proof = await new Prover(size + 1, forged.read).consistency(older);
    expect(() => {
      verifyConsistency(first, { size: size + 1, root: rootOf(forged.frontier) }, proof);
    }).toThrow(/rewritten/);
  });
});

describe('what comes from outside', () => {
  it.prop([fc.nat({ max: 2 ** 45 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 256 })])(
    'reads every path that it writes',
    (index, level, width) => {
      expect(parseTilePath(tilePath({ level, index, width }))?.tile).toEqual({ level, index, width });
    },
  );

  it.prop([
    fc.nat({ max: 2 ** 45 }),
    fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
    fc.string({ minLength: 1 }),
  ])('asks a witness in words that it reads', (oldSize, proof, note) => {
    expect(parseAddCheckpoint(encodeAddCheckpoint({ oldSize, proof, note }))).toEqual({
      oldSize,
      proof,
      note,
    });
  });

  it.prop([fc.string({ maxLength: 200 })])('answers text that is nothing with its one error', (text) => {
    for (const read of [parseNote, parseCheckpoint, parseAddCheckpoint]) {
      try {
        read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(LogRefused);
      }
    }
  });
});
