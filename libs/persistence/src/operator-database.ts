// What the operator's own commands do, beside a running hub or without one.
import type { Config } from '@sekisho/config';
import { DEFAULT_TRUST } from '@sekisho/reputation';
import { openBackend } from './backend.js';
import { DecisionRepository } from './decisions/decision.repository.js';
import { findRunningEmbeddedDatabase } from './embedded/index.js';
import { MemberRepository, type NewMember } from './members/member.repository.js';
import { memberWeights, type MemberWeight } from './members/member-standings.js';
import { MemberTrust, type TrustInForce } from './members/member-trust.js';
import { CODE_LIFETIME_MS, randomCode } from './one-time-code.js';
import { operatorPeople, type OperatorPeople } from './people/operator-people.js';
import { DeclaredRangeRepository } from './networks/declared-range.repository.js';
import { NetworkClaimRepository, type JudgeableClaim } from './networks/network-claim.repository.js';
import { ModelRehearsals } from './reputations/model-rehearsals.js';
import { PersonRequests } from './retention/person-requests.js';
import { heldRows, type HeldRows } from './retention/privacy-report.js';

export interface MemberSummary extends NewMember {
  readonly isEnrolled: boolean;
  readonly isSuspended: boolean;
}

export interface EnrolmentCode {
  readonly code: string;
  readonly expiresAt: Date;
}

export interface OperatorDatabase {
  readonly members: {
    /** @throws {MemberChangeRefused} member-exists, network-taken */
    add(member: NewMember, now: Date): Promise<EnrolmentCode>;
    list(): Promise<readonly MemberSummary[]>;
    /** @throws {MemberChangeRefused} member-unknown */
    suspend(id: string): Promise<void>;
    /** @throws {MemberChangeRefused} member-unknown */
    resume(id: string): Promise<void>;
    /** @throws {MemberChangeRefused} member-unknown */
    newCode(id: string, now: Date): Promise<EnrolmentCode>;
    /** @throws {MemberChangeRefused} member-unknown */
    setTrust(id: string, trust: number, reason: string, now: Date): Promise<TrustInForce>;
    /** @throws {MemberChangeRefused} member-unknown */
    followTrustRule(id: string, now: Date): Promise<TrustInForce>;
    /** What the reports of each are weighed with. */
    weights(now: Date): Promise<readonly MemberWeight[]>;
  };
  readonly privacy: {
    report(): Promise<readonly HeldRows[]>;
    /** Each is logged with its case number and reason. */
    readonly requests: Pick<PersonRequests, 'access' | 'correct' | 'delete' | 'list'>;
  };
  readonly decisions: Pick<DecisionRepository, 'set' | 'end' | 'list'>;
  readonly people: OperatorPeople;
  readonly models: Pick<ModelRehearsals, 'rehearse' | 'list' | 'inShadow'>;
  readonly networks: {
    claims(): Promise<readonly JudgeableClaim[]>;
    /** @throws {NetworkRefused} claim-unknown, claim-taken */
    approve(memberId: string, network: string, now: Date): Promise<void>;
    /** @throws {NetworkRefused} claim-unknown */
    refuse(memberId: string, network: string, reason: string, now: Date): Promise<void>;
    /** @throws {NetworkRefused} range-unknown */
    withdrawRange(memberId: string, network: string, now: Date): Promise<void>;
  };
  close(): Promise<void>;
}

/** The database of a configuration; an embedded one is joined when it runs, and started for the while when it does not. */
export async function openOperatorDatabase(config: Config): Promise<OperatorDatabase> {
  const databaseUrl = config.databaseUrl ?? (await findRunningEmbeddedDatabase(config.dataDir));
  const backend = await openBackend(
    { ...config, databaseUrl },
    {
      poolSize: 2,
      now: () => new Date(),
      // A lost connection fails the statement that needed it; there is nothing else to tell.
      onError: () => undefined,
    },
  );
  const members = new MemberRepository(backend.dataSource);
  const trust = new MemberTrust(backend.dataSource);
  const claims = new NetworkClaimRepository(backend.dataSource);
  const newCode = async (id: string, now: Date): Promise<EnrolmentCode> => {
    const code = randomCode();
    const expiresAt = new Date(now.getTime() + CODE_LIFETIME_MS);
    await members.putEnrolmentCode(id, code, expiresAt);
    return { code, expiresAt };
  };
  return {
    members: {
      async add(member, now) {
        await members.add(member, DEFAULT_TRUST, now);
        return newCode(member.id, now);
      },
      async list() {
        return (await members.list()).map(({ id, name, role, networks, asns, status }) => ({
          ...{ id, name, role, networks, asns },
          isEnrolled: status === 'active',
          isSuspended: status === 'suspended',
        }));
      },
      suspend: (id) => members.setSuspended(id, true, new Date()),
      resume: (id) => members.setSuspended(id, false, new Date()),
      newCode,
      setTrust: (id, value, reason, now) => trust.set(id, value, reason, now),
      followTrustRule: (id, now) => trust.followRule(id, now),
      weights: (now) => memberWeights(backend.dataSource, now),
    },
    privacy: {
      report: () => heldRows(backend.dataSource),
      requests: new PersonRequests(backend.dataSource),
    },
    decisions: new DecisionRepository(backend.dataSource),
    people: operatorPeople(backend.dataSource),
    models: new ModelRehearsals(backend.dataSource),
    networks: {
      claims: () => claims.list(),
      approve: (memberId, network, now) => claims.approve(memberId, network, now),
      refuse: (memberId, network, reason, now) => claims.refuse(memberId, network, reason, now),
      withdrawRange: (memberId, network, now) =>
        new DeclaredRangeRepository(backend.dataSource).withdraw(memberId, network, now),
    },
    close: () => backend.close(),
  };
}
