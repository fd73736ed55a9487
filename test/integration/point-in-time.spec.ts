// Backup and point-in-time recovery with the commands of docs/operate/backup.md: the base backup, the archive of the
// write-ahead log, and what members find afterwards.
import { execute, Federation, reportOf, type FederationMember } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { chown, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDebianPostgresql, type OtherPostgresql } from '../setup/debian-postgresql.js';

// Many processes start one after the other, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'apps/cli/bin/sekisho.mjs');

/** As in the handbook, which a test below compares. */
const BASE_BACKUP = ['--checkpoint=fast', '--wal-method=fetch'];
const archiveCommand = (archive: string) => `test ! -f ${archive}/%f && cp %p ${archive}/%f`;
const restoreCommand = (archive: string) => `cp ${archive}/%f %p`;
const MOVE_SERIALS = 'UPDATE zone_state SET serial = serial + 1000000, oldest_serial = serial + 1000000;';

let postgresql: OtherPostgresql;
let federation: Federation;
let member: FederationMember;
const inFolder = (name: string) => join(postgresql.folder, name);

beforeAll(async () => {
  postgresql = await startDebianPostgresql((folder) => [
    'archive_mode=on',
    `archive_command=${archiveCommand(join(folder, 'archive'))}`,
  ]);
  await mkdir(inFolder('archive'));
  const { uid, gid } = await stat(postgresql.folder);
  await chown(inFolder('archive'), uid, gid);
  await execute(postgresql.url, 'CREATE DATABASE sekisho');
  federation = await Federation.start(databaseAt(postgresql.url), { processes: ['hub', 'worker'] });
  member = await federation.member('isp-a');
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await postgresql[Symbol.asyncDispose]();
});

function databaseAt(url: string): string {
  const own = new URL(url);
  own.pathname = '/sekisho';
  return own.href;
}

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const [row] = (await client.query<T>(text)).rows;
    if (!row) throw new Error('no row');
    return row;
  } finally {
    await client.end();
  }
}

/** As a member would. */
async function verify(directory: string) {
  const { stdout } = await run(process.execPath, [
    CLI,
    'log',
    'verify',
    '--all',
    '--json',
    '--dir',
    directory,
  ]);
  return JSON.parse(stdout) as { provedReports: number; pendingReceipts: number; size: number };
}

/** Submits a report and waits until the member has proved it. */
async function reportProved(value: string, reports: number): Promise<void> {
  await member.submit(reportOf(value));
  await expect
    .poll(async () => (await verify(member.directory)).provedReports, { timeout: 240_000, interval: 500 })
    .toBe(reports);
}

describe('a hub whose database is put back to a moment', () => {
  it('goes on from there, and every member can check it', async () => {
    await reportProved('203.0.113.1', 1);
    await postgresql.run('pg_basebackup', [
      ...BASE_BACKUP,
      `--pgdata=${inFolder('base')}`,
      `--dbname=${postgresql.url}`,
    ]);
    await reportProved('203.0.113.2', 2);
    const before = `${member.directory}-before`;
    await cp(member.directory, before, { recursive: true });
    const { moment } = await query<{ moment: string }>(
      postgresql.url,
      'SELECT clock_timestamp()::text AS moment',
    );
    // What happens after that moment is to be undone.
    await reportProved('203.0.113.3', 3);
    const { wal } = await query<{ wal: string }>(
      postgresql.url,
      'SELECT pg_walfile_name(pg_switch_wal()) AS wal',
    );
    await expect
      .poll(
        () =>
          stat(join(inFolder('archive'), wal)).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    await federation.stop('worker');
    await federation.stop('hub');
    await postgresql.stop();

    const { uid, gid } = await stat(postgresql.folder);
    await writeFile(join(inFolder('base'), 'recovery.signal'), '');
    await chown(join(inFolder('base'), 'recovery.signal'), uid, gid);
    const restored = await postgresql.startOn(inFolder('base'), [
      `restore_command=${restoreCommand(inFolder('archive'))}`,
      `recovery_target_time=${moment}`,
      'recovery_target_action=promote',
    ]);
    await expect
      .poll(
        async () => (await query<{ busy: boolean }>(restored, 'SELECT pg_is_in_recovery() AS busy')).busy,
        { timeout: 240_000 },
      )
      .toBe(false);
    await execute(databaseAt(restored), MOVE_SERIALS);
    const env = { SEKISHO_DATABASE_URL: databaseAt(restored) };
    await federation.run('hub', env);
    await federation.run('worker', env);

    // All that was acknowledged until then is there, in the log that members knew.
    expect(await verify(before)).toMatchObject({ provedReports: 2, pendingReceipts: 0 });
    // New reports are taken and logged.
    await member.submit(reportOf('203.0.113.4'), reportOf('203.0.113.5'));
    await expect
      .poll(async () => (await verify(before)).size, { timeout: 240_000, interval: 500 })
      .toBeGreaterThan(
        (
          await query<{ size: number }>(
            databaseAt(restored),
            'SELECT size::int FROM log_checkpoint ORDER BY size LIMIT 1',
          )
        ).size,
      );
    // Who was promised more than came back finds it out.
    await expect(verify(member.directory)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the log is not to be trusted/) as string,
    });
  });

  it('was backed up and restored as the handbook says', async () => {
    const handbook = await readFile(join(ROOT, 'docs/operate/backup.md'), 'utf8');
    for (const said of [
      `pg_basebackup ${BASE_BACKUP.join(' ')}`,
      archiveCommand('/srv/sekisho-wal'),
      restoreCommand('/srv/sekisho-wal'),
      'recovery_target_action = promote',
      'recovery.signal',
      MOVE_SERIALS,
    ]) {
      expect(handbook).toContain(said);
    }
  });
});
