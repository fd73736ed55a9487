// The policy daemon with zones of its own, which follows a real hub as a member: no operator's token, no DNS edge.
import { createTestDatabase, Federation, reportOf, type TestDatabase } from '@sekisho/testing';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { PolicydProcess } from './policyd-process.js';

const LISTED = '203.0.113.9';
let database: TestDatabase;
let federation: Federation;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  folder = await mkdtemp(join(tmpdir(), 'sekisho-policyd-member-'));
  await writeFile(join(folder, 'policy.yaml'), 'version: 1\nrules: [{ category: any, action: reject }]\n');
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function isRefused(policyd: PolicydProcess): Promise<boolean> {
  const socket = connect(policyd.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${LISTED}\n\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString().startsWith('action=REJECT');
}

it("follows with the member's own keys, also a hub that starts again", async () => {
  const owner = await federation.member('isp-a', { networks: ['203.0.113.0/24'] });
  await using policyd = await PolicydProcess.start(
    [
      ...['--listen=127.0.0.1:0', '--embedded', '--http=127.0.0.1:0'],
      ...[`--dir=${owner.directory}`, `--policy=${join(folder, 'policy.yaml')}`],
    ],
    { SEKISHO_DATA_DIR: folder },
  );
  await policyd.logged('the edge passes its self-test');
  expect(await isRefused(policyd)).toBe(false);
  await federation.stop('hub', 'SIGKILL');
  await policyd.logged('serving the last state');
  await federation.run('hub');
  await owner.submit(reportOf(LISTED, { evidence: 'owner' }));
  await eventually(() => isRefused(policyd), 20_000);
  expect(existsSync(join(folder, 'keys', 'edge.token'))).toBe(false);
  // What the log says is true here too: nobody is answered over DNS.
  expect(policyd.log).not.toContain('SERVFAIL');
  expect(policyd.log).not.toContain('ENOENT');
});
