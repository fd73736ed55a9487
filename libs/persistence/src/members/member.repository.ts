import { createHash } from 'node:crypto';
import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { logDecisions } from '../log/decisions.js';
import { putDnsKey } from './dns-access.repository.js';
import { EnrolmentEntity } from './enrolment.entity.js';
import { MemberChangeRefused, memberUnknown } from './errors.js';
import { MemberKeyEntity } from './member-key.entity.js';
import { MemberEntity, type MemberRole, type MemberStatus } from './member.entity.js';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly status: MemberStatus;
  readonly trust: number;
  readonly networks: readonly string[];
  readonly asns: readonly number[];
  readonly createdAt: Date;
}

export interface NewMember {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly networks: readonly string[];
  readonly asns: readonly number[];
}

export interface PublicKey {
  readonly kid: string;
  readonly use: 'sig' | 'enc';
  readonly jwk: Record<string, unknown>;
}

export interface MemberKey extends PublicKey {
  readonly memberId: string;
  readonly validUntil: Date | undefined;
}

/** Which keys speak for a member, from when on: the member finds a key that is not its own. */
const logKeyChange = (
  manager: EntityManager,
  memberId: string,
  change: 'enrolled' | 'rotated' | 'suspended' | 'resumed',
  keys: readonly PublicKey[],
  now: Date,
): Promise<void> =>
  logDecisions(
    manager,
    [{ kind: 'key', about: memberId, decided: { change, keys: keys.map(({ use, kid }) => ({ use, kid })) } }],
    now,
  );

const digestOf = (code: string) => createHash('sha256').update(code).digest();

export class MemberRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws {MemberChangeRefused} member-exists, network-taken */
  async add(member: NewMember, trust: number, now: Date): Promise<void> {
    await this.changing(async (manager) => {
      const inserted: unknown[] = await manager.query(
        `INSERT INTO member (id, name, role, status, asns, trust, created_at)
         VALUES ($1, $2, $3, 'invited', $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id`,
        [member.id, member.name, member.role, member.asns, trust, now],
      );
      if (inserted.length === 0) {
        throw new MemberChangeRefused(
          'member-exists',
          `member ${member.id} exists already; choose another --id`,
        );
      }
      const [taken]: { network: string; member_id: string }[] = await manager.query(
        `SELECT m.network::text, m.member_id FROM member_network m JOIN unnest($1::cidr[]) n ON m.network && n LIMIT 1`,
        [member.networks],
      );
      if (taken) {
        throw new MemberChangeRefused(
          'network-taken',
          `${taken.network} is registered to ${taken.member_id} already`,
        );
      }
      await manager.query(`INSERT INTO member_network (network, member_id) SELECT unnest($1::cidr[]), $2`, [
        member.networks,
        member.id,
      ]);
    });
  }

  /** Replaces any earlier unused code of the member. @throws {MemberChangeRefused} member-unknown */
  async putEnrolmentCode(memberId: string, code: string, expiresAt: Date): Promise<void> {
    await this.changing(async (manager) => {
      await this.mustExist(manager, memberId);
      await manager.delete(EnrolmentEntity, { memberId, usedAt: IsNull() });
      await manager.insert(EnrolmentEntity, { codeDigest: digestOf(code), memberId, expiresAt });
    });
  }

  /**
   * Spends a one-time code and registers the member's first keys. The same code with the same keys again
   * gives the same answer, so a lost answer can be asked for once more.
   * @throws {MemberChangeRefused} enrolment-code-invalid, key-in-use, member-suspended
   */
  async enrol(code: string, keys: { sig: PublicKey; enc: PublicKey }, now: Date): Promise<Member> {
    return this.changing(async (manager) => {
      const enrolment = await manager.findOne(EnrolmentEntity, {
        where: { codeDigest: digestOf(code) },
        lock: { mode: 'pessimistic_write' },
      });
      const isRepeat = enrolment?.usedByKid === keys.sig.kid;
      if (!enrolment || (enrolment.usedAt && !isRepeat) || (!isRepeat && enrolment.expiresAt <= now)) {
        throw new MemberChangeRefused(
          'enrolment-code-invalid',
          'the enrolment code is unknown, used or expired; ask the hub operator for a new one (sekisho admin member code ID)',
        );
      }
      const member = await this.find(enrolment.memberId, manager);
      if (!member || member.status === 'suspended') {
        throw new MemberChangeRefused('member-suspended', `member ${enrolment.memberId} is suspended`);
      }
      if (isRepeat) return member;
      // Who enrols again has lost the former keys, or somebody else has them.
      await manager.query('UPDATE member_key SET valid_until = $2 WHERE member_id = $1', [member.id, now]);
      await this.insertKeys(manager, member.id, [keys.sig, keys.enc], now);
      await manager.update(
        EnrolmentEntity,
        { codeDigest: enrolment.codeDigest },
        { usedAt: now, usedByKid: keys.sig.kid },
      );
      await manager.update(MemberEntity, { id: member.id }, { status: 'active' });
      await putDnsKey(manager, member.id);
      await logKeyChange(manager, member.id, 'enrolled', [keys.sig, keys.enc], now);
      return { ...member, status: 'active' };
    });
  }

  /**
   * The newer keys take over; the older ones of the same use stay valid until `previousValidUntil`. A superseded key may
   * repeat the rotation that superseded it, and nothing else: who stole one cannot take the member over.
   * @throws {MemberChangeRefused} key-superseded, key-in-use
   */
  async rotate(
    { memberId, signedBy, keys }: { memberId: string; signedBy: string; keys: readonly PublicKey[] },
    now: Date,
    previousValidUntil: Date,
  ): Promise<void> {
    await this.changing(async (manager) => {
      // One rotation at a time: the second sees what the first made current.
      await manager.query('SELECT FROM member WHERE id = $1 FOR UPDATE', [memberId]);
      const current = new Set(
        (await manager.find(MemberKeyEntity, { where: { memberId, validUntil: IsNull() } })).map(
          ({ kid }) => kid,
        ),
      );
      const fresh = keys.filter(({ kid }) => !current.has(kid));
      if (fresh.length === 0) return;
      if (!current.has(signedBy)) {
        throw new MemberChangeRefused(
          'key-superseded',
          'the signing key was replaced already: only the current key may register another one',
        );
      }
      await manager.query(
        `UPDATE member_key SET valid_until = $3 WHERE member_id = $1 AND use = ANY($2) AND valid_until IS NULL`,
        [memberId, fresh.map(({ use }) => use), previousValidUntil],
      );
      await this.insertKeys(manager, memberId, fresh, now);
      await logKeyChange(manager, memberId, 'rotated', fresh, now);
    });
  }

  /** @throws {MemberChangeRefused} member-unknown */
  async setSuspended(memberId: string, isSuspended: boolean, now: Date): Promise<void> {
    await this.changing(async (manager) => {
      await this.mustExist(manager, memberId);
      await manager.query(
        `UPDATE member SET status = CASE WHEN $2 THEN 'suspended'
           WHEN EXISTS (SELECT FROM member_key WHERE member_id = $1) THEN 'active' ELSE 'invited' END::member_status
         WHERE id = $1`,
        [memberId, isSuspended],
      );
      await logKeyChange(manager, memberId, isSuspended ? 'suspended' : 'resumed', [], now);
    });
  }

  async find(
    memberId: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Member | undefined> {
    return (await this.select(manager, 'WHERE m.id = $1', [memberId]))[0];
  }

  async list(): Promise<Member[]> {
    return this.select(this.dataSource.manager, '', []);
  }

  /** Every key that is still valid, whatever its member's status. */
  async keys(now: Date): Promise<MemberKey[]> {
    const rows = await this.dataSource.manager
      .createQueryBuilder(MemberKeyEntity, 'key')
      .where('key.validUntil IS NULL OR key.validUntil > :now', { now })
      .orderBy('key.kid')
      .getMany();
    return rows.map(({ kid, use, jwk, memberId, validUntil }) => ({
      ...{ kid, use, jwk, memberId },
      validUntil: validUntil ?? undefined,
    }));
  }

  /** Notes a client assertion; false when it was seen before (a replay). */
  async claimAssertion(memberId: string, jti: string, expiresAt: Date): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO assertion_seen VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING jti`,
      [memberId, jti, expiresAt],
    );
    return rows.length > 0;
  }

  private async select(manager: EntityManager, where: string, parameters: unknown[]): Promise<Member[]> {
    const rows: (Omit<Member, 'asns' | 'createdAt'> & { asns: string[]; created_at: Date })[] =
      await manager.query(
        `SELECT m.id, m.name, m.role, m.status, m.trust, m.asns, m.created_at,
         coalesce(array_agg(n.network::text ORDER BY n.network) FILTER (WHERE n.network IS NOT NULL), '{}') AS networks
       FROM member m LEFT JOIN member_network n ON n.member_id = m.id ${where} GROUP BY m.id ORDER BY m.id`,
        parameters,
      );
    return rows.map(({ created_at, asns, ...row }) => ({
      ...row,
      asns: asns.map(Number),
      createdAt: created_at,
    }));
  }

  private async insertKeys(manager: EntityManager, memberId: string, keys: readonly PublicKey[], now: Date) {
    const inserted: unknown[] = await manager.query(
      `INSERT INTO member_key (kid, member_id, use, jwk, valid_from)
       SELECT k.kid, $2, k.use, k.jwk, $3 FROM jsonb_to_recordset($1) AS k(kid text, use text, jwk jsonb)
       ON CONFLICT DO NOTHING RETURNING kid`,
      [JSON.stringify(keys), memberId, now],
    );
    if (inserted.length < keys.length) {
      throw new MemberChangeRefused(
        'key-in-use',
        'a key is registered already; make new keys for every enrolment',
      );
    }
  }

  private async mustExist(manager: EntityManager, memberId: string): Promise<void> {
    if (!(await manager.existsBy(MemberEntity, { id: memberId }))) {
      throw memberUnknown(memberId);
    }
  }

  /** One transaction, announced so that every hub forgets what it holds of members. */
  private changing<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const result = await work(manager);
      await manager.query(`SELECT pg_notify('sekisho_members', '')`);
      return result;
    });
  }
}
