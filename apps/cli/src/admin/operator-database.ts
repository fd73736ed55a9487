// What the operator's commands need of the database; only types, because the ORM takes longer to load than most commands
// take to run.
import type { Config } from '@sekisho/config';
import type { OperatorDatabase } from '@sekisho/persistence';

export type {
  EnrolmentCode,
  HeldRows,
  JudgeableClaim,
  LoggedRequest,
  MemberRole,
  MemberSummary,
  MemberWeight,
  ModelRehearsal,
  PublishedShadow,
  OperatorDatabase,
  StoredDecision,
} from '@sekisho/persistence';

export const MEMBER_ROLES = ['member', 'reviewer'] as const;

export type OpenOperatorDatabase = (config: Config) => Promise<OperatorDatabase>;
