// What the learning model says of every subject of a file of reports, as of a moment.
import { isListed, Ledger, protectionOf } from '@sekisho/reputation';
import { readSubject } from '@sekisho/subject';
import type { BacktestOptions, BacktestResult } from './backtest.js';
import type { ReportColumns } from './report-columns.js';

const HOUR_MS = 3_600_000;

/**
 * One result a subject that was reported until then, in the order in which they were first reported. Contributions are
 * natural logarithms of odds and sum to ln(p / (1 − p)) of the probability that the score is a hundred times of.
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
  for (const text of ledger.subjects()) {
    if (ledger.evidenceOf(text).length === 0) continue;
    const subject = readSubject(text);
    const { probability, confidence, voices, contributions } = ledger.assess(text, at, horizonMs / HOUR_MS);
    const score = Math.round(1e6 * probability) / 1e4;
    const isProtected = protectionOf(subject, warningLists) !== undefined;
    yield {
      subject: text,
      ...{ score, confidence },
      listed: isListed({ type: subject.type, score, voices, isProtected, wasListed: false }),
      contributions: contributions.map(({ factor, logOdds }) => ({ factor, contribution: logOdds })),
    };
  }
}
