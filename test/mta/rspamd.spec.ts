// Real rspamd with the shipped configuration, asked as a mail server asks it.
import { freePort, unpackPackage } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { HELD_UP_MS, MAIL_CASES, MailEdges, shippedFile, TAGGED } from './mail-cases.js';

const MESSAGE = `From: Sender <sender@client.example>\r
To: somebody@isp.example\r
Date: Mon, 02 Nov 2026 10:00:00 +0000\r
Message-ID: <1@client.example>\r
Subject: hello\r
\r
Good day.\r
`;

interface Verdict {
  readonly action: string;
  readonly symbols: Readonly<Record<string, { readonly score: number }>>;
}

let edges: MailEdges;
let folder: string;
let child: ChildProcess;
let log = '';
let url: string;

beforeAll(async () => {
  const { root, wrappers } = await unpackPackage('rspamd');
  edges = await MailEdges.start();
  edges.become('serving');
  folder = await mkdtemp(join(tmpdir(), 'sekisho-rspamd-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const configuration = join(folder, 'rspamd.conf');
  // The list that comes with it takes a minute to compile.
  await writeFile(join(folder, 'tld.dat'), 'example\n');
  await writeFile(configuration, await rspamdConfiguration(port));
  const share = join(root, 'usr', 'share', 'rspamd');
  const variables = {
    ...{ CONFDIR: folder, LOCAL_CONFDIR: folder, DBDIR: folder, RUNDIR: folder, LOGDIR: folder },
    ...{ SHAREDIR: share, LUALIBDIR: join(share, 'lualib'), PLUGINSDIR: join(share, 'plugins') },
    RULESDIR: join(share, 'rules'),
  };
  child = spawn(
    join(wrappers, 'rspamd'),
    [
      ...['--no-fork', '--insecure', '--skip-template', '--config', configuration],
      ...Object.entries(variables).map(([name, value]) => `--var=${name}=${value}`),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`rspamd ended:\n${log}`);
    return fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
  }, 60_000);
});

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('rspamd', () => {
  it.each(MAIL_CASES)('$title', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const startedAt = performance.now();
    const { symbols, action } = await verdictOn(address);
    expect(performance.now() - startedAt).toBeLessThan(HELD_UP_MS);
    expect('SEKISHO_HIGH' in symbols, log).toBe(isRefused);
    // Greylisting is for what other rules of rspamd add.
    expect(['no action', 'greylist'].includes(action)).toBe(!isRefused);
  });

  it('weighs a score between 60 and 89 less', async () => {
    edges.become('serving');
    const { symbols } = await verdictOn(TAGGED);
    expect(symbols).toMatchObject({ SEKISHO_MEDIUM: { score: 3 } });
  });
});

async function verdictOn(address: string): Promise<Verdict> {
  const response = await fetch(`${url}/checkv2`, {
    method: 'POST',
    headers: { IP: address, From: 'sender@client.example', Rcpt: 'somebody@isp.example' },
    body: MESSAGE,
  });
  return (await response.json()) as Verdict;
}

/** The module under test alone, with the thresholds that rspamd comes with. */
async function rspamdConfiguration(port: number): Promise<string> {
  return `lua = "$RULESDIR/rspamd.lua";
options {
  pidfile = "${folder}/rspamd.pid";
  local_addrs = ["192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "fd00::/8", "169.254.0.0/16", "fe80::/10"];
  dns { nameserver = ["${edges.relay.address}:53:1"]; timeout = 1s; retransmits = 2; }
  url_tld = "${folder}/tld.dat";
  tempdir = "${folder}";
}
logging { type = "console"; level = "notice"; color = false; }
worker "normal" { type = "normal"; bind_socket = "127.0.0.1:${port}"; count = 1; }
modules { path = "$PLUGINSDIR/rbl.lua"; }
actions { reject = 15; add_header = 6; greylist = 4; }
group "rbl" {
${await shippedFile('rspamd/local.d/rbl_group.conf')}
}
rbl {
${await shippedFile('rspamd/local.d/rbl.conf')}
}
`;
}
