import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What members say of their networks: that they are theirs, and which of their addresses are handed out dynamically. */
export class Networks1764052000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE network_claim (
         network cidr NOT NULL,
         member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
         state text NOT NULL CHECK (state IN ('claimed', 'approved', 'refused')),
         reason text,
         claimed_at timestamptz NOT NULL,
         decided_at timestamptz,
         PRIMARY KEY (network, member_id))`,
    );
    await runner.query(
      `CREATE TABLE declared_range (
         network cidr PRIMARY KEY,
         member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
         exceptions cidr[] NOT NULL,
         port25 text NOT NULL CHECK (port25 IN ('blocked', 'open', 'unknown')),
         declared_at timestamptz NOT NULL)`,
    );
    await runner.query(
      'CREATE INDEX declared_range_covering ON declared_range USING gist (network inet_ops)',
    );
    // A range without its exceptions, as the networks that the zone holds.
    await runner.query(
      `CREATE TABLE declared_piece (
         piece cidr PRIMARY KEY,
         network cidr NOT NULL REFERENCES declared_range ON DELETE CASCADE)`,
    );
    await runner.query('CREATE INDEX declared_piece_of ON declared_piece (network)');
    await runner.query('CREATE INDEX declared_piece_covering ON declared_piece USING gist (piece inet_ops)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE declared_piece');
    await runner.query('DROP TABLE declared_range');
    await runner.query('DROP TABLE network_claim');
  }
}
