import {
  append,
  decodeFrontier,
  encodeFrontier,
  ENTRY_BYTES,
  leafHash,
  rootOf,
  TILE_HASHES,
  type Tile,
  type TreeHead,
} from '@sekisho/tlog';
import type { DataSource, EntityManager } from 'typeorm';

/** Appends that one step takes into the tree: bounds its memory and the length of its transaction. */
const APPENDS_PER_STEP = 200;

interface AppendRow {
  readonly first_index: string;
  readonly entry_count: number;
  readonly entries: Buffer;
}

export interface PublishedCheckpoint {
  readonly size: number;
  /** The signed note, with the lines of the witnesses so far. */
  readonly note: string;
}

/** The log's tree. Who can write here can lie to newcomers, but not to whoever kept an earlier checkpoint. */
export class LogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes what was appended into the tree and publishes the checkpoint that `sign` makes of its new head, in one transaction.
   * Resolves to undefined when there is nothing new or another hub is at it.
   */
  async integrate(
    sign: (head: TreeHead) => Promise<string>,
    publishedAt: Date,
  ): Promise<PublishedCheckpoint | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [tree]: { size: string; frontier: Buffer }[] = await manager.query(
        `SELECT size, frontier FROM log_tree FOR UPDATE SKIP LOCKED`,
      );
      if (!tree) return undefined;
      const before = decodeFrontier(Number(tree.size), tree.frontier);
      const appended: AppendRow[] = await manager.query(
        `SELECT first_index, entry_count, entries FROM log_append WHERE first_index >= $1 ORDER BY first_index LIMIT $2`,
        [before.size, APPENDS_PER_STEP],
      );
      if (appended.length === 0) return undefined;
      const entries = entriesOf(appended, before.size);
      const { frontier, growth } = append(before, entries.map(leafHash));
      for (const { level, start, hashes } of growth) await this.grow(manager, level, start, hashes);
      await this.keepEntries(manager, before.size, entries);
      await manager.query(`UPDATE log_tree SET size = $1, frontier = $2`, [
        frontier.size,
        Buffer.from(encodeFrontier(frontier)),
      ]);
      await manager.query(
        `WITH gone AS (DELETE FROM log_append WHERE first_index >= $1 AND first_index < $2 AND receipt_id IS NULL)
         UPDATE log_append SET entries = NULL WHERE first_index >= $1 AND first_index < $2 AND receipt_id IS NOT NULL`,
        [before.size, frontier.size],
      );
      const note = await sign({ size: frontier.size, root: rootOf(frontier) });
      await manager.query(`INSERT INTO log_checkpoint (size, note, published_at) VALUES ($1, $2, $3)`, [
        frontier.size,
        note,
        publishedAt,
      ]);
      return { size: frontier.size, note };
    });
  }

  /** The last checkpoint, undefined while nothing was ever appended. */
  lastCheckpoint(): Promise<PublishedCheckpoint | undefined> {
    return this.readCheckpoint('ORDER BY size DESC');
  }

  /** The last checkpoint that a witness signed, if it is from this time or later; else the last. */
  async lastWitnessed(since: Date): Promise<PublishedCheckpoint | undefined> {
    const witnessed = `WHERE cosignatures <> '' AND published_at >= $1 ORDER BY size DESC`;
    return (await this.readCheckpoint(witnessed, since)) ?? (await this.lastCheckpoint());
  }

  private async readCheckpoint(
    which: string,
    ...parameters: Date[]
  ): Promise<PublishedCheckpoint | undefined> {
    const rows: { size: string; note: string }[] = await this.dataSource.query(
      `SELECT size, note || cosignatures AS note FROM log_checkpoint ${which} LIMIT 1`,
      parameters,
    );
    const [row] = rows;
    return row && { size: Number(row.size), note: row.note };
  }

  /** Adds a witness's line to a checkpoint; once more is harmless. */
  async addCosignature(size: number, line: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE log_checkpoint SET cosignatures = cosignatures || $2 WHERE size = $1 AND strpos(cosignatures, $2) = 0`,
      [size, line],
    );
  }

  /** Its first `width` hashes, undefined while it does not hold so many. */
  async tile({ level, index, width }: Tile): Promise<Buffer | undefined> {
    const rows: { bytes: Buffer }[] = await this.dataSource.query(
      `SELECT substring(hashes FOR $3) AS bytes FROM log_tile WHERE level = $1 AND tile = $2 AND length(hashes) >= $3`,
      [level, index, width * 32],
    );
    return rows[0]?.bytes;
  }

  /** The entries of a tile, one after the other, 33 bytes each; undefined while it does not hold so many. */
  async entries(index: number, width: number): Promise<Buffer | undefined> {
    const rows: { bytes: Buffer }[] = await this.dataSource.query(
      `SELECT substring(entries FOR $2) AS bytes FROM log_entries WHERE tile = $1 AND length(entries) >= $2`,
      [index, width * ENTRY_BYTES],
    );
    return rows[0]?.bytes;
  }

  private async grow(
    manager: EntityManager,
    level: number,
    start: number,
    hashes: readonly Uint8Array[],
  ): Promise<void> {
    const pieces = inTiles(start, hashes);
    await manager.query(
      `INSERT INTO log_tile (level, tile, hashes) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])
       ON CONFLICT (level, tile) DO UPDATE SET hashes = log_tile.hashes || EXCLUDED.hashes`,
      [level, pieces.map(({ tile }) => tile), pieces.map(({ bytes }) => bytes)],
    );
  }

  private async keepEntries(
    manager: EntityManager,
    start: number,
    entries: readonly Uint8Array[],
  ): Promise<void> {
    const pieces = inTiles(start, entries);
    await manager.query(
      `INSERT INTO log_entries (tile, entries) SELECT * FROM unnest($1::bigint[], $2::bytea[])
       ON CONFLICT (tile) DO UPDATE SET entries = log_entries.entries || EXCLUDED.entries`,
      [pieces.map(({ tile }) => tile), pieces.map(({ bytes }) => bytes)],
    );
  }
}

/** What was appended, entry by entry. The rows are without a gap, because the head's lock was held until each was committed. */
function entriesOf(rows: readonly AppendRow[], from: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (const { first_index, entry_count, entries: bytes } of rows) {
    if (Number(first_index) !== from + entries.length || bytes.length !== entry_count * ENTRY_BYTES) {
      throw new Error(`the log has a gap before entry ${first_index}`);
    }
    for (let i = 0; i < entry_count; i++)
      entries.push(bytes.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES));
  }
  return entries;
}

/** Cuts a run of pieces that begins at position `start` at the borders of tiles. */
function inTiles(start: number, pieces: readonly Uint8Array[]): readonly { tile: number; bytes: Buffer }[] {
  const tiles: { tile: number; bytes: Buffer }[] = [];
  for (let at = 0; at < pieces.length;) {
    const room = TILE_HASHES - ((start + at) % TILE_HASHES);
    tiles.push({
      tile: Math.floor((start + at) / TILE_HASHES),
      bytes: Buffer.concat(pieces.slice(at, at + room)),
    });
    at += room;
  }
  return tiles;
}
