// The policy daemon with zones of its own, which follows a hub: no DNS edge runs anywhere.
import { readEdgeToken } from '@sekisho/config';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { HubPeer } from '../conformance/hub-peer.js';
import { PolicydProcess } from './policyd-process.js';

let folder: string;
let hub: HubPeer;
let isHubOpen = false;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-policyd-embedded-'));
  await writeFile(join(folder, 'policy.yaml'), 'version: 1\nrules: [{ category: any, action: reject }]\n');
  hub = new HubPeer(await readEdgeToken(folder));
  isHubOpen = true;
  await hub.open();
});

afterEach(async () => {
  await closeHub();
  await rm(folder, { recursive: true, force: true });
});

async function closeHub(): Promise<void> {
  if (isHubOpen) await hub.close();
  isHubOpen = false;
}

const start = () =>
  PolicydProcess.start(
    ['--listen=127.0.0.1:0', '--embedded', '--http=127.0.0.1:0', `--policy=${join(folder, 'policy.yaml')}`],
    { SEKISHO_DATA_DIR: folder, SEKISHO_HUB_URL: hub.url },
  );

/** The word after `action=`. */
async function actionFor(policyd: PolicydProcess, address: string): Promise<string | undefined> {
  const socket = connect(policyd.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${address}\n\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return /^action=(\S+)/.exec(answer.toString())?.[1];
}

const shows = (policyd: PolicydProcess, address: string, action: string) =>
  eventually(async () => (await actionFor(policyd, address)) === action);

it('follows the hub within a second, for IPv4 and IPv6, and back', async () => {
  await using policyd = await start();
  await policyd.logged('the edge passes its self-test');
  expect(await actionFor(policyd, '203.0.113.9')).toBe('DUNNO');
  hub.publish('ip', { '203.0.113.9': ['127.0.91.3'], '2001:db8::9': ['127.0.91.3'] });
  expect(await shows(policyd, '203.0.113.9', 'REJECT')).toBeLessThan(1_000);
  expect(await actionFor(policyd, '2001:db8::9')).toBe('REJECT');
  hub.publish('ip', {});
  expect(await shows(policyd, '203.0.113.9', 'DUNNO')).toBeLessThan(1_000);
});

it('starts from its disk while the hub is away', async () => {
  hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
  {
    await using policyd = await start();
    await shows(policyd, '203.0.113.9', 'REJECT');
  }
  await closeHub();
  await using policyd = await start();
  expect(await actionFor(policyd, '203.0.113.9')).toBe('REJECT');
});

it('lets mail flow, and says that it is not ready, while it has never seen a hub', async () => {
  await closeHub();
  await using policyd = await start();
  expect(await actionFor(policyd, '203.0.113.9')).toBe('DUNNO');
  expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="unreachable"}')).toBe(1);
  expect((await fetch(`http://127.0.0.1:${policyd.httpPort}/health/ready`)).status).toBe(503);
});
