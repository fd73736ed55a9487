// A streaming replica takes reads that may be a little old. It is asked only while it is known to be near enough, and what it
// cannot answer the primary is asked: a replica may be away, slow or behind, and nobody notices but the primary.
import pg from 'pg';
import type { Sql } from '../database.js';
import { LagMeter } from './lag-meter.js';

/** What is read from the replica is never older than this. */
export const REPLICA_LAG_AT_MOST_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** A replica that answers no faster is no help. */
const PATIENCE_MS = 2_000;

export interface ReplicaOptions {
  readonly poolSize: number;
  /** Hears when the replica begins or ceases to be used, and why. */
  readonly onChange: (state: { isUsed: boolean; reason: string }) => void;
}

export class Replica implements Sql {
  private readonly meter = new LagMeter(2 * REPLICA_LAG_AT_MOST_MS);
  private readonly timer: NodeJS.Timeout;
  private isLooking = false;
  private isUsed = false;
  /** When the last look that found it near enough began; a look that hangs must not keep it in use. */
  private seenNearAt = -Infinity;
  /** Infinity: not known, because the replica or the primary does not answer. */
  lagMs = Infinity;
  reads = { replica: 0, primary: 0 };

  private constructor(
    private readonly pool: pg.Pool,
    private readonly primary: Sql,
    private readonly options: ReplicaOptions,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** A replica that is away now is used when it comes. */
  static async open(url: string, primary: Sql, options: ReplicaOptions): Promise<Replica> {
    const pool = new pg.Pool({
      connectionString: url,
      max: options.poolSize,
      application_name: 'sekisho reads',
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      keepAlive: true,
    });
    // An idle connection that is lost. The next look tells what is the matter.
    pool.on('error', () => undefined);
    const replica = new Replica(pool, primary, options);
    await replica.look();
    return replica;
  }

  /** For reading statements only: one that fails at the replica is run again at the primary. */
  query: Sql['query'] = async <T>(sql: string, parameters?: unknown[]): Promise<T> => {
    if (this.isUsed && performance.now() - this.seenNearAt <= REPLICA_LAG_AT_MOST_MS) {
      try {
        const { rows } = await this.pool.query(sql, parameters);
        this.reads.replica += 1;
        // Its rows are what the caller says they are, as at the primary.
        return rows as T;
      } catch (error) {
        this.change(false, reasonOf(error));
      }
    }
    this.reads.primary += 1;
    return this.primary.query<T>(sql, parameters as never);
  };

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.end();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const begun = performance.now();
    try {
      const [primary] = await this.primary.query<{ position: string }[]>(
        `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS position`,
      );
      this.meter.note(performance.now(), Number(primary?.position));
      const { rows } = await this.pool.query<{ position: string | null }>(
        `SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn AS position`,
      );
      const position = rows[0]?.position ?? null;
      if (position === null) {
        this.change(false, 'it is no replica');
        return;
      }
      this.lagMs = this.meter.lagMs(performance.now(), Number(position));
      const isNear = this.lagMs <= REPLICA_LAG_AT_MOST_MS;
      if (isNear) this.seenNearAt = begun;
      this.change(isNear, isNear ? 'it is near enough' : 'it is behind');
    } catch (error) {
      this.change(false, reasonOf(error));
    } finally {
      this.isLooking = false;
    }
  }

  private change(isUsed: boolean, reason: string): void {
    if (!isUsed && reason !== 'it is behind') this.lagMs = Infinity;
    if (isUsed === this.isUsed) return;
    this.isUsed = isUsed;
    this.options.onChange({ isUsed, reason });
  }
}

/** The code alone: a message may hold what was asked for. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'it does not answer';
