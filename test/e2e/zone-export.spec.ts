// A member exports a zone of its hub with its own keys.
import { createTestDatabase, Federation } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';

const run = promisify(execFile);
const CLI = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');

it('lets a member export a zone, and nobody without a key', async () => {
  await using database = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using federation = await Federation.start(database.url, { processes: ['hub'] });
  await federation.member('isp-a');
  const dir = join(federation.directory, 'isp-a');
  const command = [CLI, 'zone', 'export', '--format', 'rbldnsd', '--zone', 'ip', '--dir'];
  const { stdout } = await run(process.execPath, [...command, dir], { env: { PATH: process.env['PATH'] } });
  expect(stdout).toContain('$SOA 60 ns1.z.example hostmaster.z.example ');
  expect(stdout).toContain('127.0.0.2 :127.0.100.2:');
  await expect(
    run(process.execPath, [...command, join(dir, 'nobody')], { env: { PATH: process.env['PATH'] } }),
  ).rejects.toMatchObject({ code: 1 });
});
