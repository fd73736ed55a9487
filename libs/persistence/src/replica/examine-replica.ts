import pg from 'pg';

const PATIENCE_MS = 5_000;

export interface ReplicaExamination {
  readonly isReplica: boolean;
  /** Bytes of the primary's log that it has not replayed; 0 when it is no replica. */
  readonly behindBytes: number;
}

/** Asks the primary how far it is, then the replica. @throws the driver's error when one cannot be reached */
export async function examineReplica(primaryUrl: string, replicaUrl: string): Promise<ReplicaExamination> {
  const ask = async (connectionString: string, sql: string): Promise<number | undefined> => {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    // A server that goes away in the middle also rejects the query.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<{ position: string | null }>(sql);
      const position = rows[0]?.position ?? null;
      return position === null ? undefined : Number(position);
    } finally {
      await client.end();
    }
  };
  const written = await ask(primaryUrl, `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS position`);
  const replayed = await ask(replicaUrl, `SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn AS position`);
  if (replayed === undefined) return { isReplica: false, behindBytes: 0 };
  return { isReplica: true, behindBytes: Math.max(0, (written ?? 0) - replayed) };
}
