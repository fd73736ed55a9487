import type { PersonRole } from '@sekisho/access';
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { PersonChangeRefused } from './errors.js';

export type Language = 'en' | 'ja';

export interface Person {
  readonly id: string;
  /** undefined for people of the operator. */
  readonly memberId: string | undefined;
  readonly name: string;
  readonly role: PersonRole;
  readonly language: Language;
  readonly createdAt: Date;
  /** To the day or better: when the person last signed in. */
  readonly lastSeenAt: Date;
}

export type NewPerson = Pick<Person, 'memberId' | 'name' | 'role' | 'language'>;

/** What the columns of a person are called in a result. */
export const PERSON_COLUMNS = `p.id, p.member_id AS "memberId", p.name, p.role, p.language,
  p.created_at AS "createdAt", p.last_seen_at AS "lastSeenAt"`;

export interface PersonRow extends Omit<Person, 'memberId'> {
  readonly memberId: string | null;
}

export const toPerson = ({ memberId, ...row }: PersonRow): Person => ({
  ...row,
  memberId: memberId ?? undefined,
});

/** Secrets of 75 bits and more are kept as a plain digest: there is nothing to guess. */
export const digestOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export async function addPerson(sql: Sql, id: string, person: NewPerson, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO person (id, member_id, name, role, language, created_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6)`,
    [id, person.memberId ?? null, person.name, person.role, person.language, now],
  );
}

/**
 * With passkeys and sessions, or with the invitation: from now on nothing lets this person in. What it did stays on the
 * record, by its id. @throws {PersonChangeRefused} person-unknown
 */
export async function removePerson(sql: Sql, id: string): Promise<void> {
  const [, people]: [unknown, number] = await sql.query('DELETE FROM person WHERE id = $1', [id]);
  const [, invitations]: [unknown, number] = await sql.query(
    'DELETE FROM person_invitation WHERE person_id = $1',
    [id],
  );
  if (people + invitations === 0) throw new PersonChangeRefused('person-unknown', `no person ${id}`);
}

export class PersonRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(id: string): Promise<Person | undefined> {
    const [row]: PersonRow[] = await this.dataSource.query(
      `SELECT ${PERSON_COLUMNS} FROM person p WHERE p.id = $1`,
      [id],
    );
    return row && toPerson(row);
  }

  /** By member and name; of one member, or of all and the operator. */
  async list(memberId?: string): Promise<Person[]> {
    const rows: PersonRow[] = await this.dataSource.query(
      `SELECT ${PERSON_COLUMNS} FROM person p WHERE $1::text IS NULL OR p.member_id = $1
       ORDER BY p.member_id NULLS FIRST, p.name, p.id`,
      [memberId ?? null],
    );
    return rows.map(toPerson);
  }

  /** Role and member of a person, also of one who is only invited. */
  async standingOf(id: string): Promise<Pick<Person, 'memberId' | 'role'> | undefined> {
    const [row]: Pick<PersonRow, 'memberId' | 'role'>[] = await this.dataSource.query(
      `SELECT member_id AS "memberId", role FROM person WHERE id = $1
       UNION ALL SELECT member_id, role FROM person_invitation WHERE person_id = $1`,
      [id],
    );
    return row && { role: row.role, memberId: row.memberId ?? undefined };
  }

  /** @throws {PersonChangeRefused} person-unknown */
  remove(id: string): Promise<void> {
    return this.dataSource.transaction((manager) => removePerson(manager, id));
  }

  async setLanguage(id: string, language: Language): Promise<void> {
    await this.dataSource.query('UPDATE person SET language = $2 WHERE id = $1', [id, language]);
  }

  /** A person of the demo, and what signs it in without a passkey. Only a hub in demo mode takes the code. */
  async addForDemo(person: NewPerson, code: string, now: Date, expiresAt: Date): Promise<Person> {
    const id = randomUUID();
    await this.dataSource.transaction(async (manager) => {
      await addPerson(manager, id, person, now);
      await manager.query('INSERT INTO demo_sign_in VALUES ($1, $2, $3)', [
        digestOfSecret(code),
        id,
        expiresAt,
      ]);
    });
    return { ...person, id, createdAt: now, lastSeenAt: now };
  }

  async findByDemoCode(code: string, now: Date): Promise<Person | undefined> {
    const [row]: PersonRow[] = await this.dataSource.query(
      `SELECT ${PERSON_COLUMNS} FROM demo_sign_in d JOIN person p ON p.id = d.person_id
       WHERE d.code_digest = $1 AND d.expires_at > $2`,
      [digestOfSecret(code), now],
    );
    return row && toPerson(row);
  }
}
