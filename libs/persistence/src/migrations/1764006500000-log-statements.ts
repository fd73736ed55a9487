import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Public statements that the transparency log commits to, such as which keys a party has and has destroyed. */
export class LogStatements1764006500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      // `digest` is of what is said without the time of saying it: the same again is not logged again.
      `CREATE TABLE log_statement (
         log_index bigint PRIMARY KEY,
         kind text NOT NULL,
         issuer text NOT NULL,
         digest bytea NOT NULL,
         statement text NOT NULL,
         logged_at timestamptz NOT NULL,
         UNIQUE (kind, issuer, digest))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE log_statement`);
  }
}
