// What a model that follows the hub in shadow reads and writes. Whoever could write here could make that model look better
// than it is; scores, listings and zones do not depend on it.
import type { DataSource } from 'typeorm';
import { SessionLock } from '../session-lock.js';
import { GIVEN, reportSet, type ReportPosition, type ReportSet } from './report-pages.js';

/** Any number that only following in shadow locks. */
const SHADOW_LOCK = 7_355_614;
/** A figure for people: beyond it counting costs more than it tells. */
const COUNTED_AT_MOST = 1_000_000;

/** What the model in force has foretold of at one moment, and the one in shadow not. */
export interface OpenSample {
  readonly foretoldAt: Date;
  readonly subjects: readonly string[];
}

export class ShadowRepository {
  private readonly lock: SessionLock;

  constructor(private readonly dataSource: DataSource) {
    this.lock = new SessionLock(dataSource, SHADOW_LOCK);
  }

  /** @returns whether this process is the one that follows; it keeps a connection of the pool for it */
  hold(): Promise<boolean> {
    return this.lock.hold();
  }

  release(): Promise<void> {
    return this.lock.release();
  }

  /** The latest sample after `after` and not after `until`, if this version has said nothing of it. */
  async openSample(version: string, after: Date, until: Date): Promise<OpenSample | undefined> {
    const rows: { foretold_at: Date; subject: string }[] = await this.dataSource.query(
      `SELECT f.foretold_at, f.subject FROM forecast f
       WHERE f.foretold_at = (SELECT max(foretold_at) FROM forecast WHERE foretold_at > $2 AND foretold_at <= $3)
         AND NOT EXISTS (SELECT FROM shadow_forecast s WHERE s.foretold_at = f.foretold_at AND s.model_version = $1)
       ORDER BY f.subject`,
      [version, after, until],
    );
    const [first] = rows;
    return first && { foretoldAt: first.foretold_at, subjects: rows.map(({ subject }) => subject) };
  }

  /** @returns how many were written: a subject may have been deleted meanwhile */
  async foretell(
    version: string,
    { foretoldAt, subjects }: OpenSample,
    scores: readonly number[],
  ): Promise<number> {
    const written: unknown[] = await this.dataSource.query(
      `INSERT INTO shadow_forecast (foretold_at, subject, model_version, score)
       SELECT f.foretold_at, f.subject, $1, told.score
       FROM unnest($3::text[], $4::float8[]) AS told(subject, score)
       JOIN forecast f ON f.foretold_at = $2 AND f.subject = told.subject
       FOR KEY SHARE OF f ON CONFLICT DO NOTHING RETURNING 1`,
      [version, foretoldAt, subjects, scores],
    );
    return written.length;
  }

  stored(from: ReportPosition, until: Date): Promise<ReportSet> {
    return reportSet(this.dataSource, from, until);
  }

  /** Reports that it would be given, received after a moment; a million stands for more. */
  async reportsAfter(at: Date): Promise<number> {
    const [{ count = 0 } = {}]: { count?: number }[] = await this.dataSource.query(
      `SELECT count(*)::float8 AS count
       FROM (SELECT FROM sighting WHERE received_at > $1 AND ${GIVEN} LIMIT ${String(COUNTED_AT_MOST)}) AS later`,
      [at],
    );
    return count;
  }
}
