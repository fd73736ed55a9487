// Real OpenSMTPD with the shipped filter.
import { freePort, unpackPackage } from '@sekisho/testing';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import type { PolicydProcess } from '../integration/policyd-process.js';
import { offerMail } from '../integration/smtp-delivery.js';
import { gradedCases } from './graded-cases.js';
import { MailEdges, shippedFile } from './mail-cases.js';
import { privateFiles, spawnWithFiles } from './private-files.js';

const BOX = 64_507;
const ACCOUNTS = [
  { name: 'opensmtpd', id: 64_505 },
  { name: 'opensmtpq', id: 64_506 },
  { name: 'box', id: BOX },
];

let edges: MailEdges;
let policyd: PolicydProcess;
let folder: string;
let port: number;
let child: ChildProcess;
let log = '';
let delivered = 0;

beforeAll(async () => {
  const { root } = await unpackPackage('opensmtpd');
  edges = await MailEdges.start();
  ({ policyd } = await edges.policyd());
  folder = await mkdtemp(join(tmpdir(), 'sekisho-opensmtpd-'));
  await chmod(folder, 0o755);
  port = await freePort();
  const files = new Map(await privateFiles(folder, '127.0.0.1', ACCOUNTS));
  for (const place of ['/var/lib', '/var/spool', '/run']) {
    const own = join(folder, place.replaceAll('/', '-'));
    await mkdir(own);
    files.set(place, own);
  }
  // Where it locks its processes in, and where it writes.
  for (const path of ['-var-lib/opensmtpd/empty', '-var-spool/smtpd', 'home'])
    await mkdir(join(folder, path), { recursive: true, mode: 0o711 });
  await chown(join(folder, 'home'), BOX, BOX);
  files.set('/usr/libexec', join(root, 'usr', 'libexec'));
  const filter = join(folder, 'filter-sekisho.mjs');
  await cp(new URL('../../integrations/opensmtpd/filter-sekisho.mjs', import.meta.url), filter);
  const configuration = join(folder, 'smtpd.conf');
  await writeFile(configuration, await smtpdConfiguration(filter));
  child = spawnWithFiles(files, join(root, 'usr', 'sbin', 'smtpd'), ['-d', '-f', configuration]);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`OpenSMTPD ended:\n${log}`);
    return (await offer('192.0.2.99').catch(() => undefined)) !== undefined;
  }, 30_000);
});

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('OpenSMTPD', () => {
  gradedCases(() => ({ edges, policyd, offer, lastMessage }));
});

async function offer(address: string) {
  const outcome = await offerMail(port, address, { proxyVersion: 2 });
  if (outcome.at === 'DATA') delivered += 1;
  return outcome;
}

/** It is delivered a moment after it was accepted. Maildir names begin with the time. */
async function lastMessage(): Promise<string> {
  const box = join(folder, 'home', 'Maildir', 'new');
  await eventually(async () => (await readdir(box).catch(() => [])).length === delivered);
  const texts = await Promise.all((await readdir(box)).map((name) => readFile(join(box, name), 'utf8')));
  const idOf = (text: string) => log.indexOf(`msgid=${/ESMTP id ([0-9a-f]{8})/.exec(text)?.[1] ?? ''}`);
  return texts.sort((a, b) => idOf(a) - idOf(b)).at(-1) ?? '';
}

/** The shipped lines, with a test's programs and ports in the place of a mail server's. */
async function smtpdConfiguration(filter: string): Promise<string> {
  const shipped = (await shippedFile('opensmtpd/smtpd.conf'))
    .replace('/usr/bin/node /etc/mail/filter-sekisho.mjs', `${process.execPath} ${filter}`)
    .replace('127.0.0.1:10040', `127.0.0.1:${policyd.port}`)
    .replace(/^listen on \S+/m, `listen on 127.0.0.1 port ${port} proxy-v2 hostname mx.isp.example`);
  return `${shipped}
table boxes { "@isp.example" = "box" }
action "local" maildir "${folder}/home/Maildir" virtual <boxes>
match from any for domain "isp.example" action "local"
`;
}
