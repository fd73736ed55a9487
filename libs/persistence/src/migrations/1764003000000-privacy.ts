import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sealed evidence on its way, statistics by closed period, and the log of people's requests. */
export class Privacy1764003000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE sealed_evidence (
         id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
         owner text NOT NULL REFERENCES member ON DELETE CASCADE,
         reporter text NOT NULL REFERENCES member ON DELETE CASCADE,
         receipt_id uuid NOT NULL,
         item integer NOT NULL,
         subject text NOT NULL,
         sealed text NOT NULL,
         received_at timestamptz NOT NULL,
         UNIQUE (receipt_id, item))`,
    );
    await runner.query('CREATE INDEX sealed_evidence_by_owner ON sealed_evidence (owner, received_at, id)');
    await runner.query('CREATE INDEX sealed_evidence_by_age ON sealed_evidence (received_at)');
    // Ciphertext lived as long as its sighting; what is there is past delivery, and nobody could fetch it.
    await runner.query('ALTER TABLE sighting DROP COLUMN sealed');
    await runner.query(
      `CREATE TABLE statistic_period (
         period_end timestamptz PRIMARY KEY,
         envelopes bigint NOT NULL,
         reports bigint NOT NULL,
         reporters integer NOT NULL,
         members integer NOT NULL,
         subjects bigint NOT NULL,
         listings bigint NOT NULL,
         unscored bigint NOT NULL)`,
    );
    await runner.query(
      `CREATE TABLE privacy_request (
         id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
         kind text NOT NULL CHECK (kind IN ('access', 'correction', 'deletion')),
         subject_digest bytea NOT NULL,
         case_number text NOT NULL,
         reason text NOT NULL,
         row_counts jsonb NOT NULL,
         done_at timestamptz NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['privacy_request', 'statistic_period', 'sealed_evidence']) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query('ALTER TABLE sighting ADD COLUMN sealed text');
  }
}
