// What the hub would have said of every subject of a file of reports, as of a moment.
import { protectionOf, scoreAsOf, type DatedSighting, type WarningLists } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import type { ReportColumns } from './report-columns.js';

const DAY_MS = 24 * 3_600_000;
/** No subject with nothing known of its owners or its range. */
const CONTEXT = { isDynamic: false, owners: new Set<string>() };
const STANDINGS = new Map<string, { trust: number }>();

export interface BacktestOptions {
  /** Milliseconds since 1970. Reports received later are not known. */
  readonly at: number;
  /** How far ahead the score looks, in milliseconds. */
  readonly horizonMs: number;
  readonly warningLists: WarningLists;
}

export interface BacktestResult {
  readonly subject: string;
  /** 0 to 100. */
  readonly score: number;
  readonly confidence: number;
  readonly listed: boolean;
  readonly contributions: readonly { readonly factor: string; readonly contribution: number }[];
}

/** One result a subject that was reported until then, in the order in which the subjects first appear in the file. */
export function* backtest(
  reports: ReportColumns,
  { at, horizonMs, warningLists }: BacktestOptions,
): Generator<BacktestResult> {
  for (const { subject: text, reports: own } of reports.bySubject(at)) {
    const subject = readSubject(text);
    const sightings: DatedSighting[] = [];
    for (const { time, ended, ...sighting } of own) {
      // A removal says "not seen again" and not "innocent"; time alone takes the evidence away.
      if (ended !== true) sightings.push({ sighting, receivedAt: time });
    }
    if (sightings.length === 0) continue;
    const protection = protectionOf(subject, warningLists);
    const { score, confidence, listed, explanation } = scoreAsOf({
      ...{ type: subject.type, sightings, standings: STANDINGS, now: at },
      context: { ...CONTEXT, ...(protection && { protection }) },
    });
    yield {
      subject: text,
      score: withinHorizon(score, horizonMs),
      ...{ confidence, listed },
      contributions: explanation.map(({ factor, contribution }) => ({ factor, contribution })),
    };
  }
}

/** The score is about the next day; over another time the same hazard is at work for longer or shorter. */
function withinHorizon(score: number, horizonMs: number): number {
  if (horizonMs === DAY_MS) return score;
  return Math.round(1e4 * (100 - 100 * (1 - score / 100) ** (horizonMs / DAY_MS))) / 1e4;
}
