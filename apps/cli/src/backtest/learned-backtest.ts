// What the learning model says of every subject of a file of reports, as of a moment.
import { learnedVerdict, Ledger } from '@sekisho/reputation';
import type { BacktestOptions, BacktestResult } from './backtest.js';
import type { ReportColumns } from './report-columns.js';

const HOUR_MS = 3_600_000;

/**
 * One result a subject that was reported until then, in the order in which they were first reported. Contributions are
 * natural logarithms of odds and sum to ln(p / (1 − p)) of the probability that the score is a hundred times of. What was
 * listed before is not known: each is judged by the threshold at which a listing begins.
 */
export function* backtestLearned(
  reports: ReportColumns,
  { at, horizonMs, warningLists }: BacktestOptions,
): Generator<BacktestResult> {
  const ledger = new Ledger();
  for (const { time, report, ended } of reports.inOrder(at)) {
    // Nobody in a file is known to own a range, so nobody is heard as an owner.
    if (report.evidence !== 'owner') ledger.observe({ ...report, time, ended });
  }
  ledger.catchUp(at);
  const options = { at, horizonHours: horizonMs / HOUR_MS, warningLists, wasListed: false };
  for (const subject of ledger.subjects()) {
    const verdict = learnedVerdict(ledger, subject, options);
    if (verdict === undefined) continue;
    const { score, confidence, listed } = verdict;
    const contributions = verdict.contributions.map(({ factor, logOdds }) => ({
      factor,
      contribution: logOdds,
    }));
    yield { subject, score, confidence, listed, contributions };
  }
}
