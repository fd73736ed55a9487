import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Appeals against listings, what came of them, and how long it took to reach the edges. */
export class Appeals1764041000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'evidence_release',
      'adjudication',
      'appeal_effect',
      'appeal_correction',
      'appeal_words',
      'appeal',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}

const UP = [
  `CREATE TABLE appeal (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     secret_digest bytea NOT NULL UNIQUE,
     proof_digest bytea UNIQUE,
     subject text NOT NULL,
     subject_type subject_type NOT NULL,
     category category NOT NULL,
     owner text REFERENCES member ON DELETE SET NULL,
     language text NOT NULL CHECK (language IN ('en', 'ja')),
     state text NOT NULL CHECK (state IN ('unconfirmed', 'open', 'decided', 'withdrawn')),
     confirmed_by text CHECK (confirmed_by IN ('address', 'mail', 'dns')),
     mail_code_digest bytea,
     mail_sent_at timestamptz,
     filed_at timestamptz NOT NULL,
     confirmed_at timestamptz,
     due_at timestamptz,
     escalated_at timestamptz,
     suspended_at timestamptz,
     decided_at timestamptz,
     decided_by text,
     outcome text CHECK (outcome IN ('upheld', 'rejected', 'released')),
     reason text,
     version integer NOT NULL DEFAULT 1,
     log_index bigint,
     log_salt bytea,
     log_statement text)`,
  // One at a time is reviewed, however many ask.
  `CREATE UNIQUE INDEX appeal_open ON appeal (subject) WHERE state = 'open'`,
  `CREATE UNIQUE INDEX appeal_by_mail_code ON appeal (mail_code_digest) WHERE mail_code_digest IS NOT NULL`,
  `CREATE INDEX appeal_by_subject ON appeal (subject)`,
  `CREATE INDEX appeal_by_time ON appeal (filed_at, id)`,
  `CREATE INDEX appeal_due ON appeal (due_at) WHERE state = 'open'`,
  `CREATE INDEX appeal_decided ON appeal (decided_at) WHERE decided_at IS NOT NULL`,
  // What somebody wrote, apart from the rest: it is forgotten sooner.
  `CREATE TABLE appeal_words (
     appeal_id uuid PRIMARY KEY REFERENCES appeal ON DELETE CASCADE,
     words text NOT NULL,
     mail text,
     forget_at timestamptz NOT NULL)`,
  `CREATE INDEX appeal_words_forget ON appeal_words (forget_at)`,
  // Zones that held the subject when its listing was corrected, and their serial right before.
  `CREATE TABLE appeal_correction (
     appeal_id uuid NOT NULL REFERENCES appeal ON DELETE CASCADE,
     zone text NOT NULL,
     serial_before bigint NOT NULL,
     PRIMARY KEY (appeal_id, zone))`,
  `CREATE TABLE appeal_effect (
     appeal_id uuid NOT NULL REFERENCES appeal ON DELETE CASCADE,
     zone text NOT NULL,
     edge text NOT NULL,
     effective_at timestamptz NOT NULL,
     PRIMARY KEY (appeal_id, zone, edge))`,
  // What decided appeals say of each reporter's accuracy, without the subject.
  `CREATE TABLE adjudication (
     appeal_id uuid NOT NULL,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     is_right boolean NOT NULL,
     adjudicated_at timestamptz NOT NULL,
     PRIMARY KEY (appeal_id, member_id))`,
  `CREATE INDEX adjudication_by_member ON adjudication (member_id, adjudicated_at)`,
  `CREATE INDEX adjudication_by_time ON adjudication (adjudicated_at)`,
  `CREATE TABLE evidence_release (
     subject text PRIMARY KEY,
     released_at timestamptz NOT NULL)`,
  `CREATE INDEX evidence_release_by_time ON evidence_release (released_at)`,
];
