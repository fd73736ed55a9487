import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The transparency log: what was appended, and the tree over it in tiles. */
export class Log1764005000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['log_checkpoint', 'log_entries', 'log_tile', 'log_tree', 'log_append', 'log_head']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

const UP = [
  // Its row lock is what puts appends in order: who has it knows the index of its first entry, and indices have no gaps.
  `CREATE TABLE log_head (
     is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
     size bigint NOT NULL)`,
  `INSERT INTO log_head (size) VALUES (0)`,
  // Written by the very statement that acknowledges. The entries go when they are in the tree; which receipt they belong to
  // and the salt stay as long as the receipt does.
  `CREATE TABLE log_append (
     first_index bigint PRIMARY KEY,
     entry_count integer NOT NULL,
     entries bytea,
     receipt_id uuid UNIQUE REFERENCES receipt ON DELETE CASCADE,
     salt bytea,
     appended_at timestamptz NOT NULL)`,
  `CREATE TABLE log_tree (
     is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
     size bigint NOT NULL,
     frontier bytea NOT NULL)`,
  `INSERT INTO log_tree (size, frontier) VALUES (0, '')`,
  `CREATE TABLE log_tile (
     level smallint NOT NULL,
     tile bigint NOT NULL,
     hashes bytea NOT NULL,
     PRIMARY KEY (level, tile))`,
  `CREATE TABLE log_entries (
     tile bigint PRIMARY KEY,
     entries bytea NOT NULL)`,
  `ALTER TABLE log_tile ALTER hashes SET STORAGE EXTERNAL`,
  `ALTER TABLE log_entries ALTER entries SET STORAGE EXTERNAL`,
  `CREATE TABLE log_checkpoint (
     size bigint PRIMARY KEY,
     note text NOT NULL,
     cosignatures text NOT NULL DEFAULT '',
     published_at timestamptz NOT NULL)`,
];
