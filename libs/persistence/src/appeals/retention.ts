import type { Retention } from '../retention/retention.js';
import { APPEAL_TERMS } from './terms.js';

const DAY_MS = 24 * 3_600_000;
const MEMBERSHIP = 'the federation contract';

const rows = (afterMs: number, where: string): Retention['expiry'] => ({ how: 'rows', afterMs, where });

/** The part of RETENTION that is about appeals. */
export const APPEAL_RETENTION: readonly Retention[] = [
  {
    ...{ table: 'appeal', class: 'record', agedBy: 'filed_at' },
    holds:
      'that somebody appealed against a listing: subject, how it was confirmed, times, outcome and its reason',
    basis: 'the right to object to a listing',
    until: '180 days after it was filed; 7 days when nobody confirmed it',
    expiry: rows(
      APPEAL_TERMS.unconfirmedMs,
      `filed_at < CASE WHEN confirmed_at IS NULL THEN $1::timestamptz ELSE $1::timestamptz - interval '173 days' END
       AND state <> 'open'`,
    ),
  },
  {
    ...{ table: 'appeal_words', class: 'record', agedBy: 'forget_at' },
    holds: 'what somebody wrote in an appeal, and a mail address if one was given',
    basis: 'the right to object to a listing',
    until: '30 days after the decision, at once when withdrawn, 7 days when nobody confirmed it',
    expiry: rows(0, 'forget_at < $1'),
  },
  ...['appeal_correction', 'appeal_effect'].map((table): Retention => ({
    ...{ table, class: 'record', basis: 'showing how fast mistakes are corrected' },
    holds: 'which zones an appeal corrected, and when edges served that',
    ...{ until: 'as long as the appeal', expiry: { how: 'other', by: 'goes with the appeal' } },
  })),
  {
    ...{ table: 'adjudication', class: 'member', agedBy: 'adjudicated_at', basis: MEMBERSHIP },
    holds: "that an appeal found a member's report right or wrong; no subject",
    until: '1 year',
    expiry: rows(365 * DAY_MS, 'adjudicated_at < $1'),
  },
];
