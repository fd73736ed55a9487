import { append, EMPTY_FRONTIER, TILE_HASHES, type Frontier } from './frontier.js';
import { HASH_BYTES, leafHash, nodeHash, EMPTY_ROOT, type Hash } from './hash.js';
import { tilePath, type Tile } from './tile.js';

/** A log in memory, as a server would keep it. */
export class GrowingLog {
  frontier: Frontier = EMPTY_FRONTIER;
  readonly levels: Hash[][] = [];

  add(...entries: readonly Uint8Array[]): void {
    const { frontier, growth } = append(this.frontier, entries.map(leafHash));
    this.frontier = frontier;
    for (const { level, start, hashes } of growth) {
      const kept = (this.levels[level] ??= []);
      if (kept.length !== start)
        throw new Error(`level ${level} has ${kept.length} hashes, growth from ${start}`);
      kept.push(...hashes);
    }
  }

  readonly read = (tile: Tile): Promise<Uint8Array> => {
    const from = tile.index * TILE_HASHES;
    const hashes = (this.levels[tile.level] ?? []).slice(from, from + tile.width);
    if (hashes.length < tile.width) throw new Error(`${tilePath(tile)} is not there yet`);
    const bytes = new Uint8Array(hashes.length * HASH_BYTES);
    for (const [i, hash] of hashes.entries()) bytes.set(hash, i * HASH_BYTES);
    return Promise.resolve(bytes);
  };
}

/** The root by the recursive definition (RFC 9162 section 2.1.1): slow, and hard to get wrong. */
export function recursiveRoot(entries: readonly Uint8Array[]): Hash {
  if (entries.length === 0) return EMPTY_ROOT;
  const [first] = entries;
  if (entries.length === 1 && first) return leafHash(first);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return nodeHash(recursiveRoot(entries.slice(0, k)), recursiveRoot(entries.slice(k)));
}

export { bytesToHex as toHex, hexToBytes as fromHex } from '@noble/hashes/utils.js';
/** Different entries of different lengths. */
export const entryOf = (i: number): Uint8Array =>
  Uint8Array.of(i % 256, Math.floor(i / 256) % 256, Math.floor(i / 65_536));
