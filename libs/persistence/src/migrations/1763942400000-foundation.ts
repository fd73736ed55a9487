import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Members and their keys, receipts and sightings, reputations, and the zones with their history. */
export class Foundation1763942400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `CREATE TYPE subject_type AS ENUM ('ip', 'network', 'domain', 'address', 'fingerprint', 'subscriber')`,
  `CREATE TYPE category AS ENUM ('spam-source', 'zombie', 'malware-sender', 'harvester', 'backscatter-source', 'phishing',
     'forged-domain', 'spam-domain', 'dropbox-address', 'hit-and-run', 'dynamic-range', 'ham')`,
  `CREATE TYPE evidence AS ENUM ('trap', 'complaint', 'filter', 'malware', 'auth-failure', 'unknown-user', 'rate', 'bounce',
     'port25', 'manual', 'owner')`,
  `CREATE TYPE member_role AS ENUM ('member', 'reviewer')`,
  `CREATE TYPE member_status AS ENUM ('invited', 'active', 'suspended')`,

  `CREATE TABLE member (
     id text PRIMARY KEY,
     name text NOT NULL,
     role member_role NOT NULL,
     status member_status NOT NULL,
     asns bigint[] NOT NULL DEFAULT '{}',
     trust real NOT NULL CHECK (trust BETWEEN 0 AND 1),
     created_at timestamptz NOT NULL)`,
  `CREATE TABLE member_network (
     network cidr NOT NULL,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     PRIMARY KEY (network, member_id))`,
  `CREATE INDEX member_network_covering ON member_network USING gist (network inet_ops)`,
  `CREATE TABLE enrolment (
     code_digest bytea PRIMARY KEY,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     expires_at timestamptz NOT NULL,
     used_at timestamptz,
     used_by_kid text)`,
  `CREATE TABLE member_key (
     kid text PRIMARY KEY,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     use text NOT NULL CHECK (use IN ('sig', 'enc')),
     jwk jsonb NOT NULL,
     valid_from timestamptz NOT NULL,
     valid_until timestamptz)`,
  `CREATE INDEX member_key_by_member ON member_key (member_id)`,
  `CREATE TABLE assertion_seen (
     member_id text NOT NULL,
     jti text NOT NULL,
     expires_at timestamptz NOT NULL,
     PRIMARY KEY (member_id, jti))`,

  `CREATE TABLE receipt (
     id uuid PRIMARY KEY,
     member_id text NOT NULL REFERENCES member,
     jti text NOT NULL,
     envelope_digest bytea NOT NULL,
     received_at timestamptz NOT NULL,
     accepted integer NOT NULL,
     rejected jsonb NOT NULL,
     scored_at timestamptz,
     UNIQUE (member_id, jti))`,
  // The outbox of scoring: what was acknowledged and is not scored yet.
  `CREATE INDEX receipt_unscored ON receipt (received_at) WHERE scored_at IS NULL`,
  `CREATE TABLE sighting (
     received_at timestamptz NOT NULL,
     receipt_id uuid NOT NULL,
     item integer NOT NULL,
     subject text NOT NULL,
     subject_type subject_type NOT NULL,
     reporter text NOT NULL,
     category category NOT NULL,
     evidence evidence NOT NULL,
     count integer NOT NULL,
     first_seen timestamptz NOT NULL,
     last_seen timestamptz NOT NULL,
     influenced boolean NOT NULL,
     retracted_at timestamptz,
     auth jsonb,
     fingerprint text,
     url_hosts text[],
     sealed text,
     PRIMARY KEY (receipt_id, item, received_at)
   ) PARTITION BY RANGE (received_at)`,
  `CREATE INDEX sighting_by_subject ON sighting (subject, received_at)`,
  `CREATE TABLE dynamic_range (
     network cidr NOT NULL,
     member_id text NOT NULL REFERENCES member ON DELETE CASCADE,
     expires_at timestamptz NOT NULL,
     PRIMARY KEY (network, member_id))`,
  `CREATE INDEX dynamic_range_covering ON dynamic_range USING gist (network inet_ops)`,

  // json, not jsonb: nobody searches in it, and it is read as it was written, which costs the database next to nothing.
  `CREATE TABLE reputation (
     subject text PRIMARY KEY,
     subject_type subject_type NOT NULL,
     parent text,
     network cidr,
     score smallint NOT NULL DEFAULT 0,
     listed boolean NOT NULL DEFAULT false,
     high_confidence boolean NOT NULL DEFAULT false,
     confidence smallint NOT NULL DEFAULT 0,
     recommendation text NOT NULL DEFAULT 'ACCEPT',
     member_count integer NOT NULL DEFAULT 0,
     categories json NOT NULL DEFAULT '[]',
     explanation json NOT NULL DEFAULT '[]',
     first_seen timestamptz,
     last_seen timestamptz,
     expires_at timestamptz,
     scored_at timestamptz,
     next_review_at timestamptz,
     model_version text)`,
  `CREATE INDEX reputation_due ON reputation (next_review_at) WHERE next_review_at IS NOT NULL`,
  `CREATE INDEX reputation_listed ON reputation (subject_type, subject) WHERE listed`,
  `CREATE INDEX reputation_covering ON reputation USING spgist (network inet_ops) WHERE listed AND network IS NOT NULL`,
  `CREATE INDEX reputation_children ON reputation (parent) WHERE listed`,

  `CREATE TABLE zone_state (
     zone text PRIMARY KEY,
     serial bigint NOT NULL,
     oldest_serial bigint NOT NULL)`,
  `CREATE TABLE zone_entry (
     zone text NOT NULL REFERENCES zone_state,
     subject text NOT NULL,
     codes text[] NOT NULL,
     PRIMARY KEY (zone, subject))`,
  `CREATE TABLE zone_change (
     zone text NOT NULL REFERENCES zone_state,
     serial bigint NOT NULL,
     subject text NOT NULL,
     codes text[],
     changed_at timestamptz NOT NULL,
     PRIMARY KEY (zone, serial, subject))`,
  `INSERT INTO zone_state (zone, serial, oldest_serial)
     SELECT unnest(ARRAY['ip', 'high.ip', 'policy', 'domain', 'hash', 'score']), 1, 1`,
];

const DOWN = [
  ...[
    'zone_change',
    'zone_entry',
    'zone_state',
    'reputation',
    'dynamic_range',
    'sighting',
    'receipt',
    'assertion_seen',
  ],
  ...['member_key', 'enrolment', 'member_network', 'member'],
]
  .map((table) => `DROP TABLE ${table}`)
  .concat(
    ['member_status', 'member_role', 'evidence', 'category', 'subject_type'].map(
      (type) => `DROP TYPE ${type}`,
    ),
  );
