// Scores held against what came afterwards. Whoever could write here could make the model look better than it is; listings
// and scores do not depend on it.
import {
  abuseOf,
  FORECAST,
  FORETOLD_TYPES,
  measureForecasts,
  samplingRates,
  type ForecastCell,
  type ModelMeasurement,
} from '@sekisho/reputation';
import type { DataSource, EntityManager } from 'typeorm';

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
const BIN = (score: string) =>
  `least(${score} / ${String(100 / FORECAST.bins)}, ${String(FORECAST.bins - 1)})`;

/** As `ip/zombie`: what a report must say to count as abusive mail. */
const ABUSE = FORETOLD_TYPES.flatMap((type) => abuseOf(type).map((category) => `${type}/${category}`));

/** Reports of abuse that came within the horizon of a forecast `f`: of mail after it, and received after it. */
const CAME = `s.subject = f.subject AND s.received_at > f.foretold_at AND s.last_seen > f.foretold_at
  AND s.last_seen <= f.foretold_at + make_interval(secs => ${String(FORECAST.horizonMs / 1_000)})
  AND s.retracted_at IS NULL AND NOT s.influenced AND f.subject_type || '/' || s.category = ANY($1::text[])`;

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
      const cells = await cellsOf(sql, new Date(until.getTime() - FORECAST.windowMs), until);
      const measurements = [...cells].flatMap(([modelVersion, ofModel]): VersionMeasurement[] => {
        const measurement = measureForecasts(ofModel, { k });
        return measurement ? [{ modelVersion, ...measurement }] : [];
      });
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

interface CellRow extends Pick<ForecastCell, 'bin' | 'forecasts' | 'weight' | 'squaredWeight' | 'foretold'> {
  readonly model: string;
  readonly came: number;
  readonly error: number;
  readonly another: number;
  readonly another_error: number;
  readonly reporters: string[] | null;
}

/** The resolved forecasts after `from` and not after `until`, summed up by model and bin. */
async function cellsOf(sql: EntityManager, from: Date, until: Date): Promise<Map<string, ForecastCell[]>> {
  await sql.query('SET LOCAL enable_seqscan = off');
  const squared = (outcome: string) =>
    `sum(weight * power(score / 100.0::float8 - ${outcome}::int, 2))::float8`;
  const rows: CellRow[] = await sql.query(
    `WITH f AS (
       SELECT *, ${BIN('score')} AS bin FROM forecast WHERE came IS NOT NULL AND foretold_at > $2 AND foretold_at <= $3),
     spoke AS (
       SELECT f.model_version, f.bin, array_agg(DISTINCT s.reporter) AS reporters
       FROM f JOIN sighting s ON ${CAME} WHERE f.came GROUP BY 1, 2)
     SELECT sums.*, spoke.reporters FROM (
       SELECT model_version AS model, bin, count(*)::int AS forecasts, sum(weight)::float8 AS weight,
         sum(weight * weight)::float8 AS "squaredWeight", sum(weight * score / 100)::float8 AS foretold,
         sum(weight * came::int)::float8 AS came, ${squared('came')} AS error,
         sum(weight * came_by_another::int)::float8 AS another, ${squared('came_by_another')} AS another_error
       FROM f GROUP BY 1, 2) AS sums
     LEFT JOIN spoke ON spoke.model_version = sums.model AND spoke.bin = sums.bin ORDER BY model, bin`,
    [ABUSE, from, until],
  );
  const cells = new Map<string, ForecastCell[]>();
  for (const { model, came, error, another, another_error, reporters, ...sums } of rows) {
    const ofModel = cells.get(model) ?? [];
    ofModel.push({
      ...sums,
      anyMember: { came, squaredError: error },
      anotherMember: { came: another, squaredError: another_error },
      reporters: reporters ?? [],
    });
    cells.set(model, ofModel);
  }
  return cells;
}
