import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The label by which each member asks the DNS edges, and how much each asked. */
export class DnsAccess1763985600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE member ADD COLUMN dns_key text UNIQUE');
    // Hex digits of a random UUID, with those that base32 lacks exchanged: 122 bits.
    await runner.query(
      `UPDATE member SET dns_key = translate(replace(gen_random_uuid()::text, '-', ''), '0189', 'ghij')
       WHERE status <> 'invited'`,
    );
    await runner.query(
      `CREATE TABLE dns_query_count (
         member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
         minute timestamptz NOT NULL,
         edge uuid NOT NULL,
         answered bigint NOT NULL,
         refused bigint NOT NULL,
         PRIMARY KEY (member_id, minute, edge))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dns_query_count');
    await runner.query('ALTER TABLE member DROP COLUMN dns_key');
  }
}
