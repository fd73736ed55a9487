import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mail straight to MX is counted by member: a small part of all sightings, found without reading the rest. */
export class Hygiene1764053000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX sighting_port25 ON sighting (last_seen) WHERE evidence = 'port25'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sighting_port25');
  }
}
