// What the operator's commands need of the database; @sekisho/persistence provides it.
import type { Config } from '@sekisho/config';

export const MEMBER_ROLES = ['member', 'reviewer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

interface NewMember {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  /** Canonical CIDR blocks that the member owns. */
  readonly networks: readonly string[];
  readonly asns: readonly number[];
}

export interface MemberSummary extends NewMember {
  /** Has keys. */
  readonly isEnrolled: boolean;
  readonly isSuspended: boolean;
}

export interface EnrolmentCode {
  /** Shown this once; the database keeps a hash. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** Every method rejects with an error of kind `Rejected` and a code of its own when the change is not possible. */
export interface OperatorDatabase {
  readonly members: {
    add(member: NewMember, now: Date): Promise<EnrolmentCode>;
    list(): Promise<readonly MemberSummary[]>;
    suspend(id: string, now: Date): Promise<void>;
    resume(id: string, now: Date): Promise<void>;
    newCode(id: string, now: Date): Promise<EnrolmentCode>;
  };
  close(): Promise<void>;
}

export type OpenOperatorDatabase = (config: Config) => Promise<OperatorDatabase>;
