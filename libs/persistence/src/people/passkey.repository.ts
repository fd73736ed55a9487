// WebAuthn on the hub's side: challenges, which are used once, and the public halves of passkeys.
import type { DataSource } from 'typeorm';
import {
  digestOfSecret,
  PERSON_COLUMNS,
  toPerson,
  type Person,
  type PersonRow,
} from './person.repository.js';

/** Time to find the device and touch it. */
const CHALLENGE_LIFETIME_MS = 5 * 60_000;

/** What a challenge was given out for. */
export type ChallengePurpose =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'invitation'; readonly code: string; readonly name: string };

export interface StoredPasskey {
  readonly credentialId: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly person: Person;
}

interface PasskeyRow extends PersonRow {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: string;
}

export class PasskeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns false when the invitation that it is for is spent or taken back by now */
  async putChallenge(challenge: string, purpose: ChallengePurpose, now: Date): Promise<boolean> {
    const [digest, expiresAt] = [digestOfSecret(challenge), new Date(now.getTime() + CHALLENGE_LIFETIME_MS)];
    if (purpose.kind === 'sign-in') {
      await this.dataSource.query(`INSERT INTO person_challenge VALUES ($1, NULL, NULL, $2)`, [
        digest,
        expiresAt,
      ]);
      return true;
    }
    // Somebody else may accept at this moment: whoever comes first, the other one waits.
    const put: unknown[] = await this.dataSource.query(
      `INSERT INTO person_challenge
       SELECT $1, code_digest, $3, $4 FROM person_invitation WHERE code_digest = $2 FOR KEY SHARE RETURNING 1`,
      [digest, digestOfSecret(purpose.code), purpose.name, expiresAt],
    );
    return put.length > 0;
  }

  /** Takes a challenge of a sign-in away; false when it was not given out for one, was used, or is too old. */
  async takeForSignIn(challenge: string, now: Date): Promise<boolean> {
    const [rows]: [unknown[], number] = await this.dataSource.query(
      `DELETE FROM person_challenge WHERE digest = $1 AND expires_at > $2 AND invitation IS NULL RETURNING 1`,
      [digestOfSecret(challenge), now],
    );
    return rows.length > 0;
  }

  /** The same for an invitation: the name that was given with it, or undefined. */
  async takeForInvitation(challenge: string, code: string, now: Date): Promise<string | undefined> {
    const [[row]]: [{ name: string }[], number] = await this.dataSource.query(
      `DELETE FROM person_challenge WHERE digest = $1 AND expires_at > $2 AND invitation = $3 RETURNING name`,
      [digestOfSecret(challenge), now, digestOfSecret(code)],
    );
    return row?.name;
  }

  async find(credentialId: Uint8Array): Promise<StoredPasskey | undefined> {
    const [row]: PasskeyRow[] = await this.dataSource.query(
      `SELECT ${PERSON_COLUMNS}, k.credential_id AS "credentialId", k.public_key AS "publicKey", k.counter
       FROM passkey k JOIN person p ON p.id = k.person_id WHERE k.credential_id = $1`,
      [Buffer.from(credentialId)],
    );
    if (!row) return undefined;
    const { credentialId: id, publicKey, counter, ...person } = row;
    return {
      credentialId: new Uint8Array(id),
      publicKey: new Uint8Array(publicKey),
      counter: Number(counter),
      person: toPerson(person),
    };
  }

  /**
   * Notes a use; false when the counter did not go forward, also against a request at the same time: two devices have the
   * key. Authenticators without a counter say 0 each time.
   */
  async used(credentialId: Uint8Array, counter: number, now: Date): Promise<boolean> {
    const [rows]: [unknown[], number] = await this.dataSource.query(
      `UPDATE passkey SET counter = $2, last_used_at = $3
       WHERE credential_id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0)) RETURNING 1`,
      [Buffer.from(credentialId), counter, now],
    );
    return rows.length > 0;
  }
}
