// What the measurement of models is made of: resolved forecasts, summed up.
import {
  abuseOf,
  comparableFrom,
  FORECAST,
  FORETOLD_TYPES,
  type ForecastCell,
  type ForetoldMoment,
} from '@sekisho/reputation';
import type { EntityManager } from 'typeorm';

/** The bin of a score that need not be whole, in SQL. */
export const BIN = (score: string) =>
  `least(floor(${score} / ${String(100 / FORECAST.bins)}), ${String(FORECAST.bins - 1)})::int`;

/** As `ip/zombie`: what a report must say to count as abusive mail. */
export const ABUSE = FORETOLD_TYPES.flatMap((type) => abuseOf(type).map((category) => `${type}/${category}`));

/** Reports of abuse that came within the horizon of a forecast `f`: of mail after it, and received after it. */
export const CAME = `s.subject = f.subject AND s.received_at > f.foretold_at AND s.last_seen > f.foretold_at
  AND s.last_seen <= f.foretold_at + make_interval(secs => ${String(FORECAST.horizonMs / 1_000)})
  AND s.retracted_at IS NULL AND NOT s.influenced AND f.subject_type || '/' || s.category = ANY($1::text[])`;

/** Weighed squared distances of the scores in force from the two outcomes, where a model in shadow spoke, too. */
export interface InForceSums {
  readonly anyMember: number;
  readonly anotherMember: number;
}

export interface ModelCells {
  readonly modelVersion: string;
  readonly cells: readonly ForecastCell[];
  /** Of a model in shadow only. */
  readonly inForce?: InForceSums;
}

interface CellRow extends Pick<ForecastCell, 'bin' | 'forecasts' | 'weight' | 'squaredWeight' | 'foretold'> {
  readonly model: string;
  readonly came: number;
  readonly error: number;
  readonly another: number;
  readonly another_error: number;
  readonly in_force: number | null;
  readonly in_force_another: number | null;
  readonly reporters: string[] | null;
}

const squared = (score: string, outcome: string) =>
  `sum(f.weight * power(${score} / 100.0::float8 - ${outcome}::int, 2))::float8`;

/** Sums of the forecasts `f` of a statement, by model and bin. `forecasts` selects them. */
const cellsIn = (forecasts: string, inForce: string) => `
  WITH f AS MATERIALIZED (${forecasts}),
  spoke AS (
    SELECT f.model_version, f.bin, array_agg(DISTINCT s.reporter) AS reporters
    FROM f JOIN sighting s ON ${CAME} WHERE f.came GROUP BY 1, 2)
  SELECT sums.*, spoke.reporters FROM (
    SELECT model_version AS model, bin, count(*)::int AS forecasts, sum(weight)::float8 AS weight,
      sum(weight * weight)::float8 AS "squaredWeight", sum(weight * score / 100)::float8 AS foretold,
      sum(weight * came::int)::float8 AS came, ${squared('f.score', 'came')} AS error,
      sum(weight * came_by_another::int)::float8 AS another, ${squared('f.score', 'came_by_another')} AS another_error,
      ${inForce}
    FROM f GROUP BY 1, 2) AS sums
  LEFT JOIN spoke ON spoke.model_version = sums.model AND spoke.bin = sums.bin ORDER BY model, bin`;

const IN_FORCE = cellsIn(
  `SELECT *, ${BIN('score')} AS bin FROM forecast WHERE came IS NOT NULL AND foretold_at > $2 AND foretold_at <= $3`,
  'NULL AS in_force, NULL AS in_force_another',
);
const IN_SHADOW = cellsIn(
  `SELECT f.foretold_at, f.subject, f.subject_type, f.weight, f.came, f.came_by_another, f.score AS in_force_score,
     x.model_version, x.score, ${BIN('x.score')} AS bin
   FROM forecast f JOIN shadow_forecast x USING (foretold_at, subject)
   WHERE f.came IS NOT NULL AND f.foretold_at > $2 AND f.foretold_at <= $3 AND x.model_version = $4`,
  `${squared('f.in_force_score', 'came')} AS in_force, ${squared('f.in_force_score', 'came_by_another')} AS in_force_another`,
);

/** The resolved forecasts after `from` and not after `until`: first of what was in force, then of what was in shadow. */
export async function cellsOf(sql: EntityManager, from: Date, until: Date, k: number): Promise<ModelCells[]> {
  // A week's new partition is not analysed yet, and would be read as a whole.
  await sql.query('SET LOCAL enable_seqscan = off');
  const inForce: CellRow[] = await sql.query(IN_FORCE, [ABUSE, from, until]);
  const versions: { version: string }[] = await sql.query(
    `SELECT DISTINCT model_version AS version FROM shadow_forecast WHERE foretold_at > $1 AND foretold_at <= $2 ORDER BY 1`,
    [from, until],
  );
  const all = byModel(inForce).map(toCells);
  for (const { version } of versions) {
    const after = comparableFrom(await momentsOf(sql, from, until, version), k);
    if (after === undefined) continue;
    const start = new Date(Math.max(from.getTime(), after));
    const rows: CellRow[] = await sql.query(IN_SHADOW, [ABUSE, start, until, version]);
    for (const one of byModel(rows)) all.push({ ...toCells(one), inForce: inForceSums(one[1]) });
  }
  return all;
}

/** Who made the outcomes of each moment of which forecasts are resolved. */
async function momentsOf(
  sql: EntityManager,
  from: Date,
  until: Date,
  version: string,
): Promise<ForetoldMoment[]> {
  return sql
    .query(
      `WITH f AS MATERIALIZED (
       SELECT foretold_at, subject, subject_type, came, EXISTS (SELECT FROM shadow_forecast x
         WHERE x.foretold_at = o.foretold_at AND x.subject = o.subject AND x.model_version = $4) AS shadowed
       FROM forecast o WHERE came IS NOT NULL AND foretold_at > $2 AND foretold_at <= $3)
     SELECT (extract(epoch FROM f.foretold_at) * 1000)::float8 AS at, f.shadowed AS "isShadowed",
       array_agg(DISTINCT s.reporter) FILTER (WHERE s.reporter IS NOT NULL) AS reporters
     FROM f LEFT JOIN sighting s ON f.came AND ${CAME} GROUP BY f.foretold_at, f.shadowed`,
      [ABUSE, from, until, version],
    )
    .then((rows: (Omit<ForetoldMoment, 'reporters'> & { reporters: string[] | null })[]) =>
      rows.map(({ reporters, ...moment }) => ({ ...moment, reporters: reporters ?? [] })),
    );
}

const byModel = (rows: readonly CellRow[]) => [...Map.groupBy(rows, ({ model }) => model)];

function inForceSums(rows: readonly CellRow[]): InForceSums {
  const sum = (of: (row: CellRow) => number | null) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  return { anyMember: sum((row) => row.in_force), anotherMember: sum((row) => row.in_force_another) };
}

function toCells([modelVersion, rows]: readonly [string, readonly CellRow[]]): ModelCells {
  const cells = rows.map(({ bin, forecasts, weight, squaredWeight, foretold, ...row }): ForecastCell => ({
    ...{ bin, forecasts, weight, squaredWeight, foretold },
    anyMember: { came: row.came, squaredError: row.error },
    anotherMember: { came: row.another, squaredError: row.another_error },
    reporters: row.reporters ?? [],
  }));
  return { modelVersion, cells };
}
