import type { PersonRole } from '@sekisho/access';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';
import { CODE_LIFETIME_MS, randomCode } from '../one-time-code.js';
import { noteAction } from './action.repository.js';
import { addPerson, digestOfSecret, type Language, type Person } from './person.repository.js';
import { startSession } from './session.repository.js';

export interface NewInvitation {
  /** undefined for people of the operator. */
  readonly memberId: string | undefined;
  readonly name: string;
  readonly role: PersonRole;
}

export interface StoredInvitation extends NewInvitation {
  /** Of the person that accepting it makes. */
  readonly personId: string;
  readonly expiresAt: Date;
}

/** What is told once, to be handed to the person. */
export interface InvitationCode {
  readonly code: string;
  readonly personId: string;
  readonly expiresAt: Date;
}

export interface NewPasskey {
  readonly credentialId: Uint8Array;
  /** A COSE key. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

export interface Acceptance {
  readonly name: string;
  readonly language: Language;
  readonly passkey: NewPasskey;
  /** Of the session that begins with it. */
  readonly secret: string;
  readonly formerSecret: string | undefined;
}

interface InvitationRow extends Omit<StoredInvitation, 'memberId'> {
  readonly memberId: string | null;
}

const COLUMNS = `person_id AS "personId", member_id AS "memberId", name, role, expires_at AS "expiresAt"`;

export async function putInvitation(
  sql: Sql,
  { memberId, name, role }: NewInvitation,
  now: Date,
): Promise<InvitationCode> {
  const [code, personId] = [randomCode(), randomUUID()];
  const expiresAt = new Date(now.getTime() + CODE_LIFETIME_MS);
  await sql.query(
    `INSERT INTO person_invitation (code_digest, person_id, member_id, name, role, invited_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [digestOfSecret(code), personId, memberId ?? null, name, role, now, expiresAt],
  );
  return { code, personId, expiresAt };
}

export class InvitationRepository {
  constructor(private readonly dataSource: DataSource) {}

  put(invitation: NewInvitation, now: Date): Promise<InvitationCode> {
    return putInvitation(this.dataSource, invitation, now);
  }

  async find(code: string, now: Date): Promise<StoredInvitation | undefined> {
    const [row]: InvitationRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM person_invitation WHERE code_digest = $1 AND expires_at > $2`,
      [digestOfSecret(code), now],
    );
    return row && { ...row, memberId: row.memberId ?? undefined };
  }

  /** Spends the invitation: makes the person with its passkey, and its first session. undefined when it is spent. */
  async accept(
    code: string,
    { name, language, passkey, ...secrets }: Acceptance,
    now: Date,
  ): Promise<Person | undefined> {
    return this.dataSource.transaction(async (manager) => {
      // TypeORM answers a DELETE with its rows and their number.
      const [[row]]: [InvitationRow[], number] = await manager.query(
        `DELETE FROM person_invitation WHERE code_digest = $1 AND expires_at > $2 RETURNING ${COLUMNS}`,
        [digestOfSecret(code), now],
      );
      if (!row) return undefined;
      const person = { name, language, role: row.role, memberId: row.memberId ?? undefined };
      await addPerson(manager, row.personId, person, now);
      await manager.query(
        `INSERT INTO passkey (credential_id, person_id, public_key, counter, transports, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          ...[Buffer.from(passkey.credentialId), row.personId, Buffer.from(passkey.publicKey)],
          ...[passkey.counter, passkey.transports, now],
        ],
      );
      const who = { personId: row.personId, memberId: person.memberId, role: row.role };
      const action = { ...who, operation: 'invitation:accept', action: 'acceptInvitation' } as const;
      await noteAction(manager, action, now, 'done');
      await startSession(manager, who, secrets, now);
      return { ...person, id: row.personId, createdAt: now, lastSeenAt: now };
    });
  }
}
