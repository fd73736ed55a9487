// Scores held against what came afterwards. Whoever could write here could make the model look better than it is; listings
// and scores do not depend on it.
import {
  FORECAST,
  FORETOLD_TYPES,
  measureForecasts,
  samplingRates,
  type ModelMeasurement,
} from '@sekisho/reputation';
import type { DataSource, EntityManager } from 'typeorm';
import { ABUSE, BIN, CAME, cellsOf, type ModelCells } from './forecast-cells.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Window, horizon, and a day until the next publication; then two days more for a hub that was off. */
export const FORECAST_RETENTION_MS = FORECAST.windowMs + 4 * DAY_MS;
/** Any number that only forecasting locks. */
const FORECAST_LOCK = 7_355_611;
/** Forecasts resolved in one transaction. */
const BATCH = 2_000;

export interface VersionMeasurement extends ModelMeasurement {
  readonly modelVersion: string;
  /** Of a model in shadow: the Brier scores of what was in force for the same subjects at the same moments. */
  readonly inForce?: { readonly anyMember: number; readonly anotherMember: number };
}

export interface ModelQuality {
  readonly asOf: Date;
  readonly measurements: readonly VersionMeasurement[];
}

/**
 * What is sampled: scores that evidence alone gave. A score under a decision of people foretells nothing, and nothing was
 * foretold of what is not scored yet.
 */
const SAMPLED = `r.subject_type = ANY($1::subject_type[]) AND r.undecided_listed IS NULL AND r.model_version IS NOT NULL`;

export class ForecastRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes down the scores in force of a sample of subjects, once in each full hour; the same `seed` takes the same
   * subjects. It reads the table of reputations twice.
   * @returns how many were written
   */
  async foretell(seed: number, now: Date): Promise<number> {
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    return this.dataSource.transaction(async (sql) => {
      // Of two workers at the same moment the second finds what the first has written.
      await sql.query('SELECT pg_advisory_xact_lock($1)', [FORECAST_LOCK]);
      const written: unknown[] = await sql.query('SELECT FROM forecast WHERE foretold_at >= $1 LIMIT 1', [
        hour,
      ]);
      if (written.length > 0) return 0;
      const strata: { bin: number; listed: boolean; subjects: number }[] = await sql.query(
        `SELECT ${BIN('r.score')} AS bin, r.listed, count(*)::float8 AS subjects
         FROM reputation r WHERE ${SAMPLED} GROUP BY 1, 2`,
        [FORETOLD_TYPES],
      );
      const rates = samplingRates(strata);
      const [{ count = 0 } = {}]: { count?: number }[] = await sql.query(
        `WITH written AS (
           INSERT INTO forecast (foretold_at, subject, subject_type, score, listed, model_version, weight)
           SELECT $2::timestamptz, r.subject, r.subject_type, r.score, r.listed, r.model_version, 1 / s.rate
           FROM reputation r JOIN unnest($3::int[], $4::boolean[], $5::float8[]) AS s(bin, listed, rate)
             ON s.bin = ${BIN('r.score')} AND s.listed = r.listed
           WHERE ${SAMPLED} AND (hashtextextended(r.subject, $6::bigint) & 4294967295)::float8 < s.rate * 4294967296
           RETURNING 1)
         SELECT count(*)::int AS count FROM written`,
        [
          ...[FORETOLD_TYPES, now, rates.map(({ bin }) => bin)],
          ...[rates.map(({ listed }) => listed), rates.map(({ rate }) => rate), seed],
        ],
      );
      return count;
    });
  }

  /** Says of all forecasts whose time is over what came. @returns how many */
  async resolve(now: Date): Promise<number> {
    const before = new Date(now.getTime() - FORECAST.horizonMs - FORECAST.settlingMs);
    for (let resolved = 0; ;) {
      const count = await this.dataSource.transaction((sql) => resolveSome(sql, before));
      resolved += count;
      if (count < BATCH) return resolved;
    }
  }

  /**
   * Publishes once for each day what the forecasts of the last 14 days were worth, by model. A model of whose outcomes fewer
   * than `k` members have a part is left out; while that is all of them nothing is published, and it is tried again.
   * @returns whether anything was
   */
  async publish(k: number, now: Date): Promise<boolean> {
    const asOf = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    return this.dataSource.transaction(async (sql) => {
      const known: unknown[] = await sql.query('SELECT FROM model_quality WHERE as_of >= $1 LIMIT 1', [asOf]);
      if (known.length > 0) return false;
      const until = new Date(asOf.getTime() - FORECAST.horizonMs - FORECAST.settlingMs);
      const cells = await cellsOf(sql, new Date(until.getTime() - FORECAST.windowMs), until, k);
      const measurements = cells.flatMap((one) => measurementOf(one, k));
      if (measurements.length === 0) return false;
      await sql.query(
        'INSERT INTO model_quality (as_of, measurements) VALUES ($1, $2) ON CONFLICT (as_of) DO NOTHING',
        [asOf, JSON.stringify(measurements)],
      );
      return true;
    });
  }

  /** What was published last. */
  async published(): Promise<ModelQuality | undefined> {
    const [row]: ModelQuality[] = await this.dataSource.query(
      `SELECT as_of AS "asOf", measurements FROM model_quality ORDER BY as_of DESC LIMIT 1`,
    );
    return row;
  }
}

function measurementOf({ modelVersion, cells, inForce }: ModelCells, k: number): VersionMeasurement[] {
  const measurement = measureForecasts(cells, { k });
  if (!measurement) return [];
  const weight = cells.reduce((sum, cell) => sum + cell.weight, 0);
  const beside = inForce && {
    inForce: { anyMember: inForce.anyMember / weight, anotherMember: inForce.anotherMember / weight },
  };
  return [{ modelVersion, ...measurement, ...beside }];
}

async function resolveSome(sql: EntityManager, before: Date): Promise<number> {
  // A week's new partition is not analysed yet, and would be read as a whole.
  await sql.query('SET LOCAL enable_seqscan = off');
  const [, count] = await sql.query<[unknown[], number]>(
    `WITH due AS (
       SELECT foretold_at, subject, subject_type FROM forecast WHERE came IS NULL AND foretold_at <= $2
       ORDER BY foretold_at LIMIT ${String(BATCH)} FOR UPDATE SKIP LOCKED),
     resolved AS (
       SELECT f.foretold_at, f.subject, bool_or(s.reporter IS NOT NULL) AS came,
         bool_or(s.reporter IS NOT NULL AND NOT EXISTS (
           SELECT FROM sighting b WHERE b.subject = f.subject AND b.reporter = s.reporter AND b.received_at <= f.foretold_at
             AND f.subject_type || '/' || b.category = ANY($1::text[]))) AS another
       FROM due f LEFT JOIN sighting s ON ${CAME} GROUP BY f.foretold_at, f.subject)
     UPDATE forecast t SET came = r.came, came_by_another = r.another
     FROM resolved r WHERE t.foretold_at = r.foretold_at AND t.subject = r.subject`,
    [ABUSE, before],
  );
  return count;
}
