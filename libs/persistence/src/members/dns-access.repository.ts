import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { MemberChangeRefused } from './errors.js';

/** What an edge answered and refused for a member in one minute. */
export interface DnsQueryCount {
  readonly memberId: string;
  /** Minutes since 1970. */
  readonly minute: number;
  readonly answered: number;
  readonly refused: number;
}

export interface DnsQueryTotal {
  readonly answered: number;
  readonly refused: number;
}

/** Long enough for a member to see what a month was like. */
const RETENTION_DAYS = 35;
const MS_PER_MINUTE = 60_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** 160 bits: a label of 32 characters that nobody guesses. */
const KEY_CHARACTERS = 32;

/** The labels by which members ask the DNS edges. Whoever can read the table can ask as any member. */
export class DnsAccessRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The keys of the members that may ask: those that are active. */
  async keys(): Promise<{ memberId: string; key: string }[]> {
    const rows: { id: string; dns_key: string }[] = await this.dataSource.query(
      `SELECT id, dns_key FROM member WHERE status = 'active' AND dns_key IS NOT NULL ORDER BY id`,
    );
    return rows.map(({ id, dns_key }) => ({ memberId: id, key: dns_key }));
  }

  async keyOf(memberId: string): Promise<string | undefined> {
    const [row]: { dns_key: string | null }[] = await this.dataSource.query(
      'SELECT dns_key FROM member WHERE id = $1',
      [memberId],
    );
    return row?.dns_key ?? undefined;
  }

  /** A new key; the old one is refused as soon as the edges hear of it. @throws {MemberChangeRefused} member-unknown */
  async rotate(memberId: string): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      const key = await putDnsKey(manager, memberId);
      if (key === undefined) throw new MemberChangeRefused('member-unknown', `no member ${memberId}`);
      await manager.query(`SELECT pg_notify('sekisho_members', '')`);
      return key;
    });
  }

  /** Counts of an edge. The same minute again replaces what it said before, so a repeated message counts once. */
  async count(edge: string, counts: readonly DnsQueryCount[], now: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO dns_query_count (member_id, minute, edge, answered, refused)
       SELECT c.member, c.minute, $1, max(c.answered), max(c.refused)
       FROM unnest($2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[]) AS c(member, minute, answered, refused)
       JOIN member m ON m.id = c.member GROUP BY c.member, c.minute
       ON CONFLICT (member_id, minute, edge)
         DO UPDATE SET answered = excluded.answered, refused = excluded.refused`,
      [
        edge,
        counts.map(({ memberId }) => memberId),
        counts.map(({ minute }) => new Date(minute * MS_PER_MINUTE)),
        counts.map(({ answered }) => answered),
        counts.map(({ refused }) => refused),
      ],
    );
    await this.dataSource.query('DELETE FROM dns_query_count WHERE minute < $1', [
      new Date(now.getTime() - RETENTION_DAYS * 24 * 60 * MS_PER_MINUTE),
    ]);
  }

  /** What a member asked since a moment, over all edges. */
  async totals(memberId: string, since: Date): Promise<DnsQueryTotal> {
    const [row]: { answered: string; refused: string }[] = await this.dataSource.query(
      `SELECT coalesce(sum(answered), 0) AS answered, coalesce(sum(refused), 0) AS refused
       FROM dns_query_count WHERE member_id = $1 AND minute >= $2`,
      [memberId, since],
    );
    return { answered: Number(row?.answered ?? 0), refused: Number(row?.refused ?? 0) };
  }
}

/** Gives a member a new key; undefined when there is no such member. */
export async function putDnsKey(manager: EntityManager, memberId: string): Promise<string | undefined> {
  const key = Array.from(randomBytes(KEY_CHARACTERS), (octet) => BASE32.charAt(octet & 31)).join('');
  // TypeORM gives the rows of an UPDATE together with their number.
  const [rows]: [unknown[], number] = await manager.query(
    'UPDATE member SET dns_key = $2 WHERE id = $1 RETURNING id',
    [memberId, key],
  );
  return rows.length > 0 ? key : undefined;
}
