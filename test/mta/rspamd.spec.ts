// Real rspamd with the shipped configuration, as the milter of a real Postfix: its proxy worker, which looks at messages itself.
import { freePort, unpackPackage } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { PostfixServer } from '../integration/postfix-server.js';
import { HELD_UP_MS, MAIL_CASES, MailEdges, shippedFile, TAGGED } from './mail-cases.js';
import { offerWhole, type WholeOutcome } from './whole-mail.js';

const LISTED = '203.0.113.9';
const NOT_LISTED = '192.0.2.77';

interface Filter {
  readonly child: ChildProcess;
  readonly postfix: PostfixServer;
  /** What rspamd wrote. */
  log(): string;
}

let edges: MailEdges;
let folder: string;
/** One with the two files that weigh, the other with the third, which refuses. */
let weighing: Filter;
let refusing: Filter;

beforeAll(async () => {
  edges = await MailEdges.start();
  folder = await mkdtemp(join(tmpdir(), 'sekisho-rspamd-'));
  weighing = await startFilter('weighing', '');
  refusing = await startFilter(
    'refusing',
    `force_actions {\n${await shippedFile('rspamd/local.d/force_actions.conf')}\n}`,
  );
});

afterAll(async () => {
  for (const { postfix, child } of [weighing, refusing]) {
    await postfix[Symbol.asyncDispose]();
    await end(child);
  }
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const offer = ({ postfix }: Filter, address: string): Promise<WholeOutcome> => offerWhole(postfix, address);

describe('rspamd behind Postfix', () => {
  it.each([
    ['a score of 90 and more is delivered with X-Spam', LISTED, 'SEKISHO_HIGH(8.00)', true],
    ['so it is for IPv6', '2001:db8::9', 'SEKISHO_HIGH(8.00)', true],
    ['a score between 60 and 89 weighs less', TAGGED, 'SEKISHO_MEDIUM(3.00)', false],
    ['who is not listed has no symbol', NOT_LISTED, undefined, false],
  ])('%s', async (_, address, symbol, isSpam) => {
    edges.become('serving');
    const { outcome, header } = await offer(weighing, address);
    expect(outcome, weighing.log()).toMatchObject({ at: 'DATA', code: 250 });
    expect(/SEKISHO_\w+\(\d+\.\d+\)/.exec(header)?.[0], header).toBe(symbol);
    expect(/^X-Spam: Yes$/m.test(header), header).toBe(isSpam);
  });

  it.each(MAIL_CASES)('$title, with the file that refuses', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const { outcome, header } = await offer(refusing, address);
    expect(outcome, refusing.log()).toMatchObject({ at: 'DATA', code: isRefused ? 554 : 250 });
    expect(outcome.ms).toBeLessThan(HELD_UP_MS);
    if (isRefused) expect(outcome.text).toContain('5.7.1 Your address is listed by Sekisho');
    else {
      // It was looked at, and found nothing.
      expect(header).toMatch(/^X-Spamd-Result: default: False \[/m);
      expect(header).not.toMatch(/^X-Spam:|SEKISHO_HIGH/m);
    }
  });

  it('lets mail flow when rspamd is away', async () => {
    edges.become('serving');
    await end(refusing.child);
    const { outcome, header } = await offer(refusing, LISTED);
    expect(outcome).toMatchObject({ at: 'DATA', code: 250 });
    expect(outcome.ms).toBeLessThan(HELD_UP_MS);
    expect(header).not.toContain('X-Spamd-Result');
  });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

async function startFilter(name: string, more: string): Promise<Filter> {
  const { root, wrappers } = await unpackPackage('rspamd');
  const own = join(folder, name);
  await mkdir(own);
  const port = await freePort();
  // The list that comes with it takes a minute to compile.
  await writeFile(join(own, 'tld.dat'), 'example\n');
  await writeFile(join(own, 'rspamd.conf'), await configuration(own, port, more));
  const share = join(root, 'usr', 'share', 'rspamd');
  const variables = {
    ...{ CONFDIR: own, LOCAL_CONFDIR: own, DBDIR: own, RUNDIR: own, LOGDIR: own },
    ...{ SHAREDIR: share, LUALIBDIR: join(share, 'lualib'), PLUGINSDIR: join(share, 'plugins') },
    RULESDIR: join(share, 'rules'),
  };
  const child = spawn(
    join(wrappers, 'rspamd'),
    [
      ...['--no-fork', '--insecure', '--skip-template', '--config', join(own, 'rspamd.conf')],
      ...Object.entries(variables).map(([key, value]) => `--var=${key}=${value}`),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`rspamd ended:\n${log}`);
    return isListening(port);
  }, 60_000);
  const main = (await shippedFile('rspamd/postfix.cf')).replace(
    'inet:127.0.0.1:11332',
    `inet:127.0.0.1:${port}`,
  );
  const postfix = await PostfixServer.start({ main, nameserver: '127.0.0.1' });
  return { child, postfix, log: () => log };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

/** The modules under test alone, with the thresholds that rspamd comes with; each message tells its symbols. */
async function configuration(own: string, port: number, more: string): Promise<string> {
  return `lua = "$RULESDIR/rspamd.lua";
options {
  pidfile = "${own}/rspamd.pid";
  local_addrs = ["192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "fd00::/8", "169.254.0.0/16", "fe80::/10"];
  dns { nameserver = ["${edges.relay.address}:53:1"]; timeout = 1s; retransmits = 2; }
  url_tld = "${own}/tld.dat";
  tempdir = "${own}";
}
logging { type = "console"; level = "notice"; color = false; }
worker "rspamd_proxy" {
  type = "rspamd_proxy";
  bind_socket = "127.0.0.1:${port}";
  count = 1;
  milter = yes;
  timeout = 120s;
  upstream "local" { default = yes; self_scan = yes; }
}
modules {
  path = "$PLUGINSDIR/rbl.lua";
  path = "$PLUGINSDIR/milter_headers.lua";
  path = "$PLUGINSDIR/force_actions.lua";
}
milter_headers { use = ["x-spamd-result"]; }
actions { reject = 15; add_header = 6; greylist = 4; }
group "rbl" {
${await shippedFile('rspamd/local.d/rbl_group.conf')}
}
rbl {
${await shippedFile('rspamd/local.d/rbl.conf')}
}
${more}
`;
}
