// How honest scores were: what they foretold against what came.
import { FORECAST } from './forecast-sample.js';
import { wilsonInterval } from './wilson.js';

/** What came of the forecasts of one bin, as sums over them. */
export interface OutcomeSums {
  /** Weight of those after which it came. */
  readonly came: number;
  /** Weighed squared distances of what was foretold (0..1) from what came (0 or 1). */
  readonly squaredError: number;
}

/** The resolved forecasts of one bin. */
export interface ForecastCell {
  /** 0..9 */
  readonly bin: number;
  readonly forecasts: number;
  readonly weight: number;
  readonly squaredWeight: number;
  /** Weighed sum of what was foretold, each 0..1. */
  readonly foretold: number;
  readonly anyMember: OutcomeSums;
  /** By a member that had not reported the subject before. */
  readonly anotherMember: OutcomeSums;
  /** Members whose reports made the outcomes. */
  readonly reporters: readonly string[];
}

export interface Measured {
  /** Share after which it came, 0..1. */
  readonly rate: number;
  /** Mean squared distance (Brier 1950): 0 is perfect. */
  readonly brier: number;
  /** What always foretelling `rate` would have got. */
  readonly brierOfConstant: number;
}

export interface ReliabilityBin {
  /** Scores from `from` up to `to`, both included. */
  readonly from: number;
  readonly to: number;
  readonly forecasts: number;
  /** Mean of what was foretold, 0..1. */
  readonly foretold: number;
  readonly came: number;
  /** 95 % interval of `came`. */
  readonly cameLow: number;
  readonly cameHigh: number;
  readonly cameByAnother: number;
}

export interface ModelMeasurement {
  readonly forecasts: number;
  readonly anyMember: Measured;
  readonly anotherMember: Measured;
  readonly bins: readonly ReliabilityBin[];
}

/**
 * The reliability of one model's forecasts. Neighbouring bins are put together until what came in each is the word of no
 * member or of `k`, so no bin, and no difference of bins from the whole, is about fewer.
 * @returns undefined when fewer than `k` members have a part in all of it
 */
export function measureForecasts(
  cells: readonly ForecastCell[],
  { k }: { readonly k: number },
): ModelMeasurement | undefined {
  const spans = mergeUntil(cells, k);
  const whole = spans.reduce<Span | undefined>((all, span) => (all ? joined(all, span) : span), undefined);
  if (!whole || whole.reporters.size < k) return undefined;
  return {
    forecasts: whole.forecasts,
    anyMember: measured(whole.anyMember, whole.weight),
    anotherMember: measured(whole.anotherMember, whole.weight),
    bins: spans.map(toBin),
  };
}

interface Span extends Omit<ForecastCell, 'bin' | 'reporters'> {
  readonly first: number;
  readonly last: number;
  readonly reporters: ReadonlySet<string>;
}

function mergeUntil(cells: readonly ForecastCell[], k: number): Span[] {
  const isTold = ({ reporters }: Span) => reporters.size === 0 || reporters.size >= k;
  const spans: Span[] = [];
  for (const cell of [...cells].sort((a, b) => a.bin - b.bin)) {
    if (cell.forecasts === 0) continue;
    const { bin, ...sums } = cell;
    const span = { ...sums, first: bin, last: bin, reporters: new Set(cell.reporters) };
    const before = spans.at(-1);
    if (before && !isTold(before)) spans[spans.length - 1] = joined(before, span);
    else spans.push(span);
  }
  for (let last = spans.at(-1); last && !isTold(last) && spans.length > 1; last = spans.at(-1)) {
    spans.pop();
    const before = spans.at(-1);
    if (before) spans[spans.length - 1] = joined(before, last);
  }
  return spans;
}

const joinedSums = (a: OutcomeSums, b: OutcomeSums): OutcomeSums => ({
  came: a.came + b.came,
  squaredError: a.squaredError + b.squaredError,
});

const joined = (a: Span, b: Span): Span => ({
  first: a.first,
  last: b.last,
  forecasts: a.forecasts + b.forecasts,
  weight: a.weight + b.weight,
  squaredWeight: a.squaredWeight + b.squaredWeight,
  foretold: a.foretold + b.foretold,
  anyMember: joinedSums(a.anyMember, b.anyMember),
  anotherMember: joinedSums(a.anotherMember, b.anotherMember),
  reporters: new Set([...a.reporters, ...b.reporters]),
});

function measured({ came, squaredError }: OutcomeSums, weight: number): Measured {
  const rate = came / weight;
  return { rate, brier: squaredError / weight, brierOfConstant: rate * (1 - rate) };
}

function toBin(span: Span): ReliabilityBin {
  const width = 100 / FORECAST.bins;
  const came = span.anyMember.came / span.weight;
  // Unequal weights tell less than as many equal ones (Kish 1965).
  const effective = (span.weight * span.weight) / span.squaredWeight;
  const { low, high } = wilsonInterval(came * effective, effective);
  return {
    from: span.first * width,
    to: span.last === FORECAST.bins - 1 ? 100 : (span.last + 1) * width - 1,
    forecasts: span.forecasts,
    foretold: span.foretold / span.weight,
    ...{ came, cameLow: low, cameHigh: high },
    cameByAnother: span.anotherMember.came / span.weight,
  };
}
