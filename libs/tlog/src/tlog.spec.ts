import { describe, expect, it } from 'vitest';
import vectors from '../vectors/rfc9162.json' with { type: 'json' };
import { append, decodeFrontier, EMPTY_FRONTIER, encodeFrontier, rootOf } from './frontier.js';
import { fromHex, GrowingLog, toHex } from './growing-log.fixture.js';
import { EMPTY_ROOT, leafHash } from './hash.js';
import { Prover, verifyConsistency, verifyInclusion } from './proof.js';
import { parseTilePath, tileNumber, tilePath, tileWidth } from './tile.js';

const eight = vectors.leaves_hex.map(fromHex);
const ascii = (n: number) => Array.from({ length: n }, (_, i) => new TextEncoder().encode(String(i)));
const logOf = (entries: readonly Uint8Array[]) => {
  const log = new GrowingLog();
  log.add(...entries);
  return log;
};

describe('the published vectors', () => {
  it('has the leaf hashes and the root of the empty tree', () => {
    expect(eight.map((leaf) => toHex(leafHash(leaf)))).toEqual(vectors.leaf_hashes);
    expect(toHex(EMPTY_ROOT)).toBe(vectors.empty_root);
  });

  it('has the roots of one to eight leaves, and of a thousand', () => {
    for (const [size, root] of Object.entries(vectors.roots)) {
      expect(toHex(rootOf(logOf(eight.slice(0, Number(size))).frontier))).toBe(root);
    }
    for (const [size, root] of Object.entries(vectors.large.roots)) {
      expect(toHex(rootOf(logOf(ascii(Number(size))).frontier))).toBe(root);
    }
  });

  it('makes and verifies the inclusion proofs', async () => {
    const cases = [
      ...vectors.inclusion.map((vector) => ({ entries: eight, vector })),
      ...vectors.large.inclusion.map((vector) => ({ entries: ascii(1000), vector })),
    ];
    for (const { entries, vector } of cases) {
      const log = logOf(entries.slice(0, vector.tree_size));
      const proof = await new Prover(vector.tree_size, log.read).inclusion(vector.leaf_index);
      expect(proof.map(toHex)).toEqual(vector.proof);
      const leaf = leafHash(entries[vector.leaf_index] ?? new Uint8Array());
      verifyInclusion(
        leaf,
        vector.leaf_index,
        vector.tree_size,
        vector.proof.map(fromHex),
        rootOf(log.frontier),
      );
    }
  });

  it('makes and verifies the consistency proofs', async () => {
    const cases = [
      ...vectors.consistency.map((vector) => ({ entries: eight, vector })),
      ...vectors.large.consistency.map((vector) => ({ entries: ascii(1000), vector })),
    ];
    for (const { entries, vector } of cases) {
      const log = logOf(entries.slice(0, vector.second));
      const proof = await new Prover(vector.second, log.read).consistency(vector.first);
      expect(proof.map(toHex)).toEqual(vector.proof);
      const head = (size: number) => ({ size, root: rootOf(logOf(entries.slice(0, size)).frontier) });
      verifyConsistency(head(vector.first), head(vector.second), vector.proof.map(fromHex));
    }
  });
});

describe('tiles', () => {
  it('writes their numbers in groups of three digits', () => {
    expect(tileNumber(1_234_067)).toBe('x001/x234/067');
    expect(tilePath({ level: 0, index: 5, width: 256 })).toBe('tile/0/005');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
  });

  it('has the tiles of 70,000 leaves that the format describes', () => {
    expect([272, 273, 274].map((index) => tileWidth(70_000, 0, index))).toEqual([256, 112, 0]);
    expect([0, 1, 2].map((index) => tileWidth(70_000, 1, index))).toEqual([256, 17, 0]);
    expect(tileWidth(70_000, 2, 0)).toBe(1);
  });

  it('reads a path in its one correct form and no other', () => {
    expect(parseTilePath('tile/0/x001/x234/067')).toEqual({
      kind: 'hashes',
      tile: { level: 0, index: 1_234_067, width: 256 },
    });
    expect(parseTilePath('tile/entries/000.p/3')?.kind).toBe('entries');
    for (const path of [
      'tile/0/5',
      'tile/0/x000/005',
      'tile/00/005',
      'tile/9/000',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/../checkpoint',
      'tile/-1/000',
      '/tile/0/000',
    ]) {
      expect(parseTilePath(path), path).toBeUndefined();
    }
  });
});

describe('the frontier', () => {
  it('survives being written down', () => {
    const { frontier } = logOf(ascii(1000));
    const again = decodeFrontier(1000, encodeFrontier(frontier));
    const more = [leafHash(new TextEncoder().encode('1000'))];
    expect(rootOf(append(again, more).frontier)).toEqual(rootOf(append(frontier, more).frontier));
  });

  it('refuses the frontier of another size', () => {
    expect(() => decodeFrontier(999, encodeFrontier(logOf(ascii(1000)).frontier))).toThrow(/999 leaves/);
  });

  it('counts beyond 32 bits', () => {
    const size = 2 ** 40;
    const { frontier, growth } = append({ size, roots: [EMPTY_ROOT] }, [leafHash(Uint8Array.of(1))]);
    expect(frontier.size).toBe(size + 1);
    expect(growth).toEqual([{ level: 0, start: size, hashes: [leafHash(Uint8Array.of(1))] }]);
    expect(append(EMPTY_FRONTIER, []).growth).toEqual([]);
  });
});
