// Real SpamAssassin with the shipped rules, asked by a real Postfix through spamass-milter and spamd.
import { freePort, unpackPackage } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { PostfixServer } from '../integration/postfix-server.js';
import { HELD_UP_MS, MAIL_CASES, MailEdges, shippedFile, TAGGED } from './mail-cases.js';
import { spawnWithFiles } from './private-files.js';
import { offerWhole } from './whole-mail.js';

const LISTED = '203.0.113.9';
/** A rule of the test gives it 4.5 points: with SEKISHO_HIGH more than the shipped 8, without it less. */
const SUSPECT = 'Claim your prize.';
/** From the rules that SpamAssassin comes with, of which the test has no others. */
const HEADERS = `add_header spam Flag _YESNOCAPS_
add_header all Level _STARS(*)_
add_header all Status "_YESNO_, score=_SCORE_ required=_REQD_ tests=_TESTS_ autolearn=_AUTOLEARN_ version=_VERSION_"`;
/** Where the milter looks for spamc, and where what stands there is meanwhile. */
const PROGRAMS = '/usr/bin';
const MOVED_TO = '/mnt';

let edges: MailEdges;
let folder: string;
let spamd: ChildProcess;
let milter: ChildProcess;
let postfix: PostfixServer;
let log = '';

beforeAll(async () => {
  edges = await MailEdges.start();
  edges.become('serving');
  folder = await mkdtemp(join(tmpdir(), 'sekisho-spamassassin-'));
  // spamd serves as an account without rights.
  await chmod(folder, 0o755);
  const spamdPort = await freePort();
  spamd = await startSpamd(spamdPort);
  const milterPort = await freePort();
  milter = await startMilter(milterPort, spamdPort);
  const main = (await shippedFile('spamassassin/postfix.cf')).replace(
    'unix:spamass/spamass.sock',
    `inet:127.0.0.1:${milterPort}`,
  );
  postfix = await PostfixServer.start({ main, nameserver: '127.0.0.1' });
});

afterAll(async () => {
  await postfix[Symbol.asyncDispose]();
  await end(milter);
  await end(spamd);
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The rules that hit, as the header of a delivered message has them. */
const rulesIn = (header: string) =>
  /^X-Spam-Status: .*?tests=(\S*)/ms.exec(header.replace(/\n\s+/g, ' '))?.[1]?.split(',') ?? [];

describe('SpamAssassin behind Postfix', () => {
  it.each(MAIL_CASES)('$title, when its words are suspect too', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const { outcome, header } = await offerWhole(postfix, address, SUSPECT);
    expect(outcome, log).toMatchObject({ at: 'DATA', code: isRefused ? 550 : 250 });
    expect(outcome.ms).toBeLessThan(HELD_UP_MS);
    if (isRefused) return;
    expect(rulesIn(header), `${header}\n${log}`).toContain('TEST_WORDS');
    expect(header).not.toContain('SEKISHO_HIGH');
  });

  it.each([
    ['a score of 90 and more', LISTED, 'SEKISHO_HIGH'],
    ['the same for IPv6', '2001:db8::9', 'SEKISHO_HIGH'],
    ['a score between 60 and 89', TAGGED, 'SEKISHO_MEDIUM'],
  ])('delivers good words with a header that names the rule: %s', async (_, address, rule) => {
    edges.become('serving');
    const { outcome, header } = await offerWhole(postfix, address);
    expect(outcome, log).toMatchObject({ at: 'DATA', code: 250 });
    expect(rulesIn(header), `${header}\n${log}`).toEqual([rule]);
    expect(header).toMatch(/^X-Spam-Status: No, score=/m);
  });

  it('lets mail flow when spamd is away, and when the milter is', async () => {
    for (const child of [spamd, milter]) {
      await end(child);
      const { outcome } = await offerWhole(postfix, LISTED, SUSPECT);
      expect(outcome, log).toMatchObject({ at: 'DATA', code: 250 });
      expect(outcome.ms).toBeLessThan(HELD_UP_MS);
    }
  });
});

async function startSpamd(port: number): Promise<ChildProcess> {
  const { root } = await unpackPackage('spamd');
  const compiled = join(root, 'usr', 'lib', 'x86_64-linux-gnu', 'perl5');
  const versions = await readdir(compiled);
  for (const name of ['rules', 'site']) await mkdir(join(folder, name));
  const plugins = ['Check', 'DNSEval'].map((name) => `loadplugin Mail::SpamAssassin::Plugin::${name}\n`);
  await writeFile(join(folder, 'site', 'init.pre'), plugins.join(''));
  await writeFile(
    join(folder, 'rules', 'local.cf'),
    `dns_available yes
dns_server [${edges.relay.address}]:53
${HEADERS}
body TEST_WORDS /claim your prize/i
score TEST_WORDS 4.5
${await shippedFile('spamassassin/sekisho.cf')}`,
  );
  const child = spawn(
    'perl',
    [
      // It runs in taint mode, where PERL5LIB is not heard.
      ...['-T', `-I${join(root, 'usr', 'share', 'perl5')}`],
      ...versions.map((version) => `-I${join(compiled, version)}`),
      ...[join(root, 'usr', 'sbin', 'spamd'), `--listen=127.0.0.1:${port}`, '--username=nobody'],
      ...['--nouser-config', '--syslog=stderr', '--max-children=2', `--pidfile=${join(folder, 'spamd.pid')}`],
      ...[`--configpath=${join(folder, 'rules')}`, `--siteconfigpath=${join(folder, 'site')}`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return listening(child, port);
}

/** spamass-milter runs /usr/bin/spamc, which is not installed: it sees one there beside the programs of this machine. */
async function startMilter(port: number, spamdPort: number): Promise<ChildProcess> {
  const { wrappers } = await unpackPackage('spamass-milter');
  const programs = join(folder, 'programs');
  await mkdir(programs);
  for (const name of await readdir(PROGRAMS)) {
    if (name !== 'spamc') await symlink(join(MOVED_TO, name), join(programs, name));
  }
  await symlink(join(wrappers, 'spamc'), join(programs, 'spamc'));
  const options =
    /OPTIONS="(.*)"/.exec(await shippedFile('spamassassin/spamass-milter'))?.[1]?.split(' ') ?? [];
  const child = spawnWithFiles(
    new Map([
      [MOVED_TO, PROGRAMS],
      [PROGRAMS, programs],
    ]),
    join(wrappers, 'spamass-milter'),
    // The shipped ones end with those of spamc.
    ['-p', `inet:${port}@127.0.0.1`, ...options, '--dest=127.0.0.1', `--port=${spamdPort}`],
  );
  return listening(child, port);
}

/** Keeps what it writes, and resolves when it takes connections. */
async function listening(child: ChildProcess, port: number): Promise<ChildProcess> {
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended:\n${log}`);
    const socket = connect(port, '127.0.0.1');
    return once(socket, 'connect')
      .then(
        () => true,
        () => false,
      )
      .finally(() => socket.destroy());
  }, 60_000);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
