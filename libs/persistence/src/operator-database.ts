// What the operator's own commands do, beside a running hub or without one.
import type { Config } from '@sekisho/config';
import { DEFAULT_TRUST } from '@sekisho/reputation';
import { randomInt } from 'node:crypto';
import { openBackend } from './backend.js';
import { DecisionRepository } from './decisions/decision.repository.js';
import { findRunningEmbeddedDatabase } from './embedded/index.js';
import { MemberRepository, type NewMember } from './members/member.repository.js';
import { ModelRehearsals } from './reputations/model-rehearsals.js';
import { PersonRequests } from './retention/person-requests.js';
import { heldRows, type HeldRows } from './retention/privacy-report.js';

/** Without the letters that are mistaken for digits when a code is read out over the telephone. */
const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** 3 groups of 5 characters of 5 bits: 75 bits, far beyond guessing within a week. */
const CODE_GROUPS = 3;
const CODE_GROUP_LENGTH = 5;
const CODE_LIFETIME_MS = 7 * 24 * 3_600_000;

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
  };
  readonly privacy: {
    report(): Promise<readonly HeldRows[]>;
    /** Each is logged with its case number and reason. */
    readonly requests: Pick<PersonRequests, 'access' | 'correct' | 'delete' | 'list'>;
  };
  readonly decisions: Pick<DecisionRepository, 'set' | 'end' | 'list'>;
  readonly models: Pick<ModelRehearsals, 'rehearse' | 'list'>;
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
      suspend: (id) => members.setSuspended(id, true),
      resume: (id) => members.setSuspended(id, false),
      newCode,
    },
    privacy: {
      report: () => heldRows(backend.dataSource),
      requests: new PersonRequests(backend.dataSource),
    },
    decisions: new DecisionRepository(backend.dataSource),
    models: new ModelRehearsals(backend.dataSource),
    close: () => backend.close(),
  };
}

function randomCode(): string {
  const group = () =>
    Array.from({ length: CODE_GROUP_LENGTH }, () =>
      CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length)),
    ).join('');
  return Array.from({ length: CODE_GROUPS }, group).join('-');
}
