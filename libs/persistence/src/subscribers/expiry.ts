import type { DataSource } from 'typeorm';

/** Checks and cases are kept as long as a person may ask why an application was looked at. */
const CHECK_RETENTION_MS = 365 * 86_400_000;

/** Records past their expiry go with their tokens and cases; checks and evaluations go after a year. */
export async function dropExpiredSubscribers(dataSource: DataSource, now: Date): Promise<void> {
  const retention = new Date(now.getTime() - CHECK_RETENTION_MS);
  await dataSource.query('DELETE FROM subscriber_termination WHERE expires_at < $1', [now]);
  await dataSource.query('DELETE FROM subscriber_check WHERE checked_at < $1', [retention]);
  await dataSource.query('DELETE FROM subscriber_sign_ups WHERE day < $1', [retention]);
  await dataSource.query('DELETE FROM oprf_evaluation WHERE at < $1', [retention]);
}
