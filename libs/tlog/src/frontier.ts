// The right edge of a growing tree: what has to be kept to append to it and to know its root.
import { EMPTY_ROOT, HASH_BYTES, nodeHash, type Hash } from './hash.js';
import { LogRefused } from './errors.js';

/**
 * The roots of the complete subtrees that a tree of `size` leaves consists of, largest first: one for each bit that is
 * set in `size`. Sizes go to 2^53 - 1; every step divides, because shifts of numbers end at 32 bits.
 */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Hash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, roots: [] };

/** Levels between two tiles: a tile holds 2^8 hashes. */
export const TILE_LEVELS = 8;
export const TILE_HASHES = 256;

/** Hashes that an append adds to the tiles of one level, from the position `start` on. */
export interface TileGrowth {
  readonly level: number;
  readonly start: number;
  readonly hashes: readonly Hash[];
}

/** The tree after `leaves` (their hashes), and what its tiles gain. */
export function append(
  frontier: Frontier,
  leaves: readonly Hash[],
): { frontier: Frontier; growth: readonly TileGrowth[] } {
  const roots = [...frontier.roots];
  const added: Hash[][] = [[]];
  let { size } = frontier;
  for (const leaf of leaves) {
    let hash = leaf;
    let position = size;
    let level = 0;
    added[0]?.push(hash);
    // One merge for each trailing 1 bit of the leaf's index (RFC 9162 section 2.1.2).
    while (position % 2 === 1) {
      const left = roots.pop();
      if (!left) throw new RangeError('a frontier with fewer roots than its size has bits');
      hash = nodeHash(left, hash);
      level += 1;
      position = (position - 1) / 2;
      if (level % TILE_LEVELS === 0) (added[level / TILE_LEVELS] ??= []).push(hash);
    }
    roots.push(hash);
    size += 1;
  }
  const growth = added
    .filter((hashes) => hashes.length > 0)
    .map((hashes, level) => ({
      level,
      start: Math.floor(frontier.size / TILE_HASHES ** level),
      hashes,
    }));
  return { frontier: { size, roots }, growth };
}

/** The root hash of the whole tree. */
export function rootOf({ roots }: Frontier): Hash {
  const last = roots.at(-1);
  if (!last) return EMPTY_ROOT;
  return roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** The frontier as bytes: its roots, one after the other. */
export function encodeFrontier({ roots }: Frontier): Uint8Array {
  const bytes = new Uint8Array(roots.length * HASH_BYTES);
  for (const [i, root] of roots.entries()) bytes.set(root, i * HASH_BYTES);
  return bytes;
}

/** @throws {LogRefused} tile-malformed when it is not the frontier of a tree of this size */
export function decodeFrontier(size: number, bytes: Uint8Array): Frontier {
  const needed = size.toString(2).replaceAll('0', '').length;
  if (bytes.length !== needed * HASH_BYTES) {
    throw new LogRefused('tile-malformed', `a tree of ${size} leaves has ${needed} roots at its edge`);
  }
  const roots = Array.from({ length: needed }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
  return { size, roots };
}
