// A model that follows the hub in shadow: it foretells of the same subjects at the same moments as the model in force, is
// held against the same outcomes, and nothing else ever hears what it says.
import { Ledger } from '../learned/ledger.js';
import type { Observation } from '../learned/observation.js';
import { HOUR_MS } from '../model.js';
import { FORECAST } from './forecast-sample.js';

const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** Reports that it has learned from at least, as far as there are any: as many as a rehearsal takes. */
const LEAST_MS = 14 * DAY_MS;

/**
 * From when on it is given reports: the same moment for a whole week, so that a worker that starts anew comes to the same
 * model, and what was said three weeks ago does not stay in memory.
 */
export function shadowSince(now: number): number {
  return FIRST_MONDAY_MS + Math.floor((now - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS - LEAST_MS;
}

/** The learning model as it is asked in shadow. Reports come in the order of their times, in batches of any size. */
export class ShadowLedger {
  readonly #ledger = new Ledger();

  observe(reports: readonly Observation[]): void {
    for (const report of reports) this.#ledger.observe(report);
  }

  /**
   * What it foretells of each, 0 to 100, to four decimal places: a score, and a hundred times the probability of abusive
   * mail within the horizon of forecasts. Of what nobody has reported it is 0.
   * @param at not before the latest report
   */
  foretell(subjects: readonly string[], at: number): number[] {
    const horizonHours = FORECAST.horizonMs / HOUR_MS;
    return subjects.map(
      (subject) => Math.round(1e6 * this.#ledger.assess(subject, at, horizonHours).probability) / 1e4,
    );
  }

  get subjects(): number {
    return this.#ledger.subjects().length;
  }
}

/** The forecasts of one moment, and whose reports made their outcomes. */
export interface ForetoldMoment {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The model in shadow foretold, too. */
  readonly isShadowed: boolean;
  readonly reporters: readonly string[];
}

/**
 * The forecasts of the model in force less those that the one in shadow made, too, can be had by subtraction. So that they
 * are the word of nobody or of `k` members, the earliest of the shadow's are left out as far as it takes.
 * @returns only forecasts after this moment are to be measured; undefined: none
 */
export function comparableFrom(moments: readonly ForetoldMoment[], k: number): number | undefined {
  const left = new Set(moments.filter(({ isShadowed }) => !isShadowed).flatMap(({ reporters }) => reporters));
  const shadowed = moments.filter(({ isShadowed }) => isShadowed).sort((a, b) => a.at - b.at);
  let from = -Infinity;
  for (const { at, reporters } of shadowed) {
    if (left.size === 0 || left.size >= k) return from;
    for (const reporter of reporters) left.add(reporter);
    from = at;
  }
  return undefined;
}
