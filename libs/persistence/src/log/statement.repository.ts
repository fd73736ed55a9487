import { statementEntry, type EntryKind } from '@sekisho/tlog';
import { QueryFailedError, type DataSource } from 'typeorm';
import { appendToLog } from './append.js';

export interface NewStatement {
  readonly kind: Exclude<EntryKind, 'report'>;
  /** Whose statement it is. */
  readonly issuer: string;
  /** SHA-256 of what is said, without when: what was said before is not said again. */
  readonly digest: Uint8Array;
  /** A compact JWS. */
  readonly statement: string;
}

export interface LoggedStatement {
  /** Its entry in the log. */
  readonly index: number;
  readonly issuer: string;
  readonly statement: string;
}

const UNIQUE_VIOLATION = '23505';

/** Statements that everybody may read, with the entries of the log that commit to them. */
export class StatementRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Logs it, unless the issuer has said the same before. @returns whether it is new */
  async log({ kind, issuer, digest, statement }: NewStatement, now: Date): Promise<boolean> {
    const said = await this.dataSource.query<unknown[]>(
      `SELECT FROM log_statement WHERE kind = $1 AND issuer = $2 AND digest = $3`,
      [kind, issuer, Buffer.from(digest)],
    );
    if (said.length > 0) return false;
    try {
      await this.dataSource.transaction(async (sql) => {
        const index = await appendToLog(sql, [statementEntry(kind, statement)], now);
        await sql.query(
          `INSERT INTO log_statement (log_index, kind, issuer, digest, statement, logged_at)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [index, kind, issuer, Buffer.from(digest), statement, now],
        );
      });
      return true;
    } catch (error) {
      // Another hub was first; the entry is rolled back with the rest.
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** The last `limit` of a kind, in the order of the log. */
  async list(kind: NewStatement['kind'], limit: number): Promise<LoggedStatement[]> {
    const rows: { log_index: string; issuer: string; statement: string }[] = await this.dataSource.query(
      `SELECT log_index, issuer, statement FROM log_statement WHERE kind = $1 ORDER BY log_index DESC LIMIT $2`,
      [kind, limit],
    );
    return rows
      .map(({ log_index, issuer, statement }) => ({ index: Number(log_index), issuer, statement }))
      .reverse();
  }
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === UNIQUE_VIOLATION;
