import type { Retention } from '../retention/retention.js';
import { REPORT_CHECK_RETENTION_MS } from '../reports/calibration.repository.js';
import { SIGHTING_RETENTION_MS } from '../reports/partitions.js';
import { FORECAST_RETENTION_MS } from './forecast.repository.js';

const DAY_MS = 24 * 3_600_000;

const rows = (afterMs: number, where: string): Retention['expiry'] => ({ how: 'rows', afterMs, where });

/** The part of RETENTION that is about how good scores and reports are. */
export const QUALITY_RETENTION: readonly Retention[] = [
  {
    ...{ table: 'forecast', class: 'derived', agedBy: 'foretold_at' },
    holds:
      'a sample of scores: subject, score, moment, and whether abusive mail was reported in the day after',
    basis: 'legitimate interest in defending networks against abuse, with scores that are checked',
    until: `${String(FORECAST_RETENTION_MS / DAY_MS)} days`,
    expiry: rows(FORECAST_RETENTION_MS, 'foretold_at < $1'),
  },
  {
    ...{ table: 'shadow_forecast', class: 'derived', agedBy: 'foretold_at' },
    holds: 'what a model in shadow foretold of the same subjects; nothing hears of it but the measurement',
    basis: 'trying a model before anything depends on it',
    ...{ until: 'with the forecast', expiry: { how: 'other', by: 'goes with the forecast' } },
  },
  {
    ...{ table: 'model_quality', class: 'record', agedBy: 'as_of' },
    holds:
      'how well the scores of a fortnight agreed with what came, as of a day; no subject and no reporter',
    basis: 'publication; not about anybody',
    until: '5 years',
    expiry: rows(5 * 365 * DAY_MS, 'as_of < $1'),
  },
  {
    ...{ table: 'report_check', class: 'evidence', agedBy: 'received_at' },
    holds:
      'what became of a sample of reports: subject, reporter, category, class, who had said the same before, confirmed or refuted',
    basis: 'telling each member how far its reports hold, and contesting what it is trusted with',
    until: `${String(REPORT_CHECK_RETENTION_MS / DAY_MS)} days`,
    expiry: rows(REPORT_CHECK_RETENTION_MS, 'received_at < $1'),
  },
  {
    ...{ table: 'reporter_calibration', class: 'member', agedBy: 'as_of', basis: 'the federation contract' },
    holds: 'what each member is told of its own reports, by category and class; no subject',
    until: 'the next day, or the membership ends',
    expiry: { how: 'other', by: 'CalibrationRepository.publish' },
  },
  {
    ...{ table: 'member_voice', class: 'member', agedBy: 'since', basis: 'the federation contract' },
    holds: 'which members repeat another and are heard as one with it, from when until when; no subject',
    until: '60 days after it has ended, or the membership ends',
    expiry: rows(SIGHTING_RETENTION_MS, 'until < $1'),
  },
  {
    ...{ table: 'report_check_clock', class: 'operation', basis: 'no personal data' },
    holds: 'until when reports have been looked at',
    ...{ until: 'the hub ends', expiry: { how: 'other', by: 'nothing' } },
  },
];
