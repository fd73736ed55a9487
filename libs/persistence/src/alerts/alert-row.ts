import type { Alert } from '@sekisho/feedback';

const TIMES = ['last_seen', 'told_at', 'answered_at', 'fixed_at', 'quiet_at', 'closed_at'] as const;

/** What the rules of libs/feedback need of a row, times in milliseconds. */
export const ALERT_COLUMNS = [
  ...['id', 'owner', 'subject', 'state', 'ends_early', 'failed_fixes', 'outcome'],
  ...['message_count::float8 AS message_count', 'told_magnitude::float8 AS told_magnitude'],
  ...TIMES.map((column) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`),
].join(', ');

export interface AlertRow extends Record<(typeof TIMES)[number], number | null> {
  readonly id: string;
  readonly owner: string;
  readonly subject: string;
  readonly state: Alert['state'];
  readonly message_count: number;
  readonly last_seen: number;
  readonly told_at: number;
  readonly told_magnitude: number;
  readonly ends_early: boolean;
  readonly failed_fixes: number;
  readonly outcome: 'fixed' | 'faded' | null;
}

export const toAlert = (row: AlertRow): Alert => ({
  state: row.state,
  count: row.message_count,
  lastSeen: row.last_seen,
  toldAt: row.told_at,
  toldMagnitude: row.told_magnitude,
  answeredAt: row.answered_at ?? undefined,
  fixedAt: row.fixed_at ?? undefined,
  quietAt: row.quiet_at ?? undefined,
  endsEarly: row.ends_early,
  failedFixes: row.failed_fixes,
  closedAt: row.closed_at ?? undefined,
  outcome: row.outcome ?? undefined,
});
