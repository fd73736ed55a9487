// Sessions of people. What the browser holds is a secret of 256 bits; here is its digest only.
import type { PersonRole } from '@sekisho/access';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { noteAction } from './action.repository.js';
import {
  digestOfSecret,
  PERSON_COLUMNS,
  toPerson,
  type Person,
  type PersonRow,
} from './person.repository.js';

/** A working day, and a pause within it (NIST SP 800-63B-4, section 2.2.3: at most 24 hours and one hour). */
export const SESSION_LIFETIME_MS = 12 * 3_600_000;
export const SESSION_IDLE_MS = 3_600_000;
/** What a request writes at most: a session that is used is touched this often. */
const TOUCH_MS = 60_000;

export interface PersonSession {
  readonly person: Person;
  /** When it ends if nothing more happens. */
  readonly expiresAt: Date;
}

interface SessionRow extends PersonRow {
  readonly seenAt: Date;
  readonly endsAt: Date;
}

export interface SignedIn {
  readonly personId: string;
  readonly memberId: string | undefined;
  readonly role: PersonRole;
}

export interface SessionSecrets {
  readonly secret: string;
  /** What the browser had before: that session ends. */
  readonly formerSecret: string | undefined;
}

/** Noted as an action of the person. */
export async function startSession(
  sql: Sql,
  who: SignedIn,
  { secret, formerSecret }: SessionSecrets,
  now: Date,
): Promise<void> {
  if (formerSecret !== undefined) {
    await sql.query('DELETE FROM person_session WHERE digest = $1', [digestOfSecret(formerSecret)]);
  }
  await sql.query(`INSERT INTO person_session VALUES ($1, $2, $3, $3, $4)`, [
    digestOfSecret(secret),
    ...[who.personId, now, new Date(now.getTime() + SESSION_LIFETIME_MS)],
  ]);
  await sql.query('UPDATE person SET last_seen_at = $2 WHERE id = $1', [who.personId, now]);
  await noteAction(sql, { ...who, operation: 'session:start', action: 'signIn' }, now, 'done');
}

const expiryOf = (seenAt: Date, endsAt: Date) =>
  new Date(Math.min(seenAt.getTime() + SESSION_IDLE_MS, endsAt.getTime()));

export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  start(who: SignedIn, secrets: SessionSecrets, now: Date): Promise<void> {
    return this.dataSource.transaction((manager) => startSession(manager, who, secrets, now));
  }

  /** A session that is neither over nor left alone for too long; being found keeps it alive. */
  async use(secret: string, now: Date): Promise<PersonSession | undefined> {
    const found = await this.read(secret, now);
    if (!found) return undefined;
    if (now.getTime() - found.seenAt.getTime() < TOUCH_MS) return found;
    await this.dataSource.query('UPDATE person_session SET seen_at = $2 WHERE digest = $1', [
      digestOfSecret(secret),
      now,
    ]);
    return { ...found, expiresAt: expiryOf(now, found.endsAt) };
  }

  /** The same without keeping it alive: for what goes on by itself. */
  async isLive(secret: string, now: Date): Promise<boolean> {
    return (await this.read(secret, now)) !== undefined;
  }

  async end(secret: string): Promise<void> {
    await this.dataSource.query('DELETE FROM person_session WHERE digest = $1', [digestOfSecret(secret)]);
  }

  /** Resolves to how many there were. */
  async endAll(personId: string): Promise<number> {
    const [rows]: [unknown[], number] = await this.dataSource.query(
      'DELETE FROM person_session WHERE person_id = $1 RETURNING 1',
      [personId],
    );
    return rows.length;
  }

  private async read(secret: string, now: Date) {
    const [row]: SessionRow[] = await this.dataSource.query(
      `SELECT ${PERSON_COLUMNS}, s.seen_at AS "seenAt", s.ends_at AS "endsAt"
       FROM person_session s JOIN person p ON p.id = s.person_id
       WHERE s.digest = $1 AND s.ends_at > $2 AND s.seen_at > $3`,
      [digestOfSecret(secret), now, new Date(now.getTime() - SESSION_IDLE_MS)],
    );
    if (!row) return undefined;
    const { seenAt, endsAt, ...person } = row;
    return { person: toPerson(person), seenAt, endsAt, expiresAt: expiryOf(seenAt, endsAt) };
  }
}
