// Tiles: https://c2sp.org/tlog-tiles
import { LogRefused } from './errors.js';
import { TILE_HASHES, TILE_LEVELS } from './frontier.js';
import { HASH_BYTES, nodeHash, type Hash } from './hash.js';

/** One tile: `width` hashes (1 to 256) of level `level`, from hash number `index` * 256 on. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The tile's hashes as one piece: `width` times 32 bytes. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>;

/** 1234067 is `x001/x234/067`. */
export function tileNumber(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

/** The path below the log's prefix: `tile/0/x001/x234/067`, for a partial tile with `.p/WIDTH`. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${tileNumber(index)}${width === TILE_HASHES ? '' : `.p/${width}`}`;

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;
/** tlog-tiles has levels 0 to 63; a tree of 2^53 leaves ends at 6. */
const MAX_LEVEL = 6;

/** What a path asks for, `undefined` when it is no tile's path in its one correct form. */
export function parseTilePath(path: string): { kind: 'hashes' | 'entries'; tile: Tile } | undefined {
  const [, kind, number, partial] = PATH.exec(path) ?? [];
  if (kind === undefined || number === undefined) return undefined;
  const index = Number(number.replaceAll('x', '').replaceAll('/', ''));
  const width = partial === undefined ? TILE_HASHES : Number(partial);
  const level = kind === 'entries' ? 0 : Number(kind);
  if (!Number.isSafeInteger(index) || tileNumber(index) !== number) return undefined;
  if (level > MAX_LEVEL || (partial !== undefined && width >= TILE_HASHES)) return undefined;
  return { kind: kind === 'entries' ? 'entries' : 'hashes', tile: { level, index, width } };
}

/** How many hashes tile `index` of `level` holds in a tree of `size` leaves: 0 to 256. */
export function tileWidth(size: number, level: number, index: number): number {
  const hashes = Math.floor(size / TILE_HASHES ** level);
  return Math.max(0, Math.min(TILE_HASHES, hashes - index * TILE_HASHES));
}

/**
 * The root of the complete subtree number `index` of 2^`level` leaves, in a tree of `size` leaves.
 * @throws {LogRefused} tile-malformed when the tile has another length than it must
 */
export async function readSubtree(size: number, level: number, index: number, read: ReadTile): Promise<Hash> {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const span = 2 ** (level % TILE_LEVELS);
  const first = index * span;
  const tile = { level: tileLevel, index: Math.floor(first / TILE_HASHES) };
  const width = tileWidth(size, tile.level, tile.index);
  const bytes = await read({ ...tile, width });
  if (bytes.length !== width * HASH_BYTES) {
    throw new LogRefused('tile-malformed', `${tilePath({ ...tile, width })} has ${bytes.length} bytes`);
  }
  const from = (first % TILE_HASHES) * HASH_BYTES;
  return foldTile(bytes.subarray(from, from + span * HASH_BYTES));
}

/** The root of a complete subtree whose leaves' hashes, a power of two of them, lie one after the other. */
function foldTile(hashes: Uint8Array): Hash {
  if (hashes.length === HASH_BYTES) return hashes.slice();
  const half = hashes.length / 2;
  return nodeHash(foldTile(hashes.subarray(0, half)), foldTile(hashes.subarray(half)));
}
