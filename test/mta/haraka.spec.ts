// Real Haraka with the shipped plugin.
import { freePort } from '@sekisho/testing';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import type { PolicydProcess } from '../integration/policyd-process.js';
import { offerMail } from '../integration/smtp-delivery.js';
import { gradedCases } from './graded-cases.js';
import { MailEdges, shippedFile } from './mail-cases.js';

const HARAKA = dirname(createRequire(import.meta.url).resolve('Haraka/package.json'));

let edges: MailEdges;
let policyd: PolicydProcess;
let folder: string;
let port: number;
let child: ChildProcess;
let log = '';

beforeAll(async () => {
  edges = await MailEdges.start();
  const { policyd: started, path } = await edges.policyd();
  policyd = started;
  folder = await mkdtemp(join(tmpdir(), 'sekisho-haraka-'));
  port = await freePort();
  await configure(path);
  child = fork(join(HARAKA, 'bin', 'haraka'), ['-c', folder], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Where its plugin queue/test puts messages.
    env: { PATH: process.env['PATH'], TMPDIR: join(folder, 'messages') },
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`Haraka ended:\n${log}`);
    return (await offerMail(port, '192.0.2.99').catch(() => undefined)) !== undefined;
  }, 60_000);
});

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('Haraka', () => {
  gradedCases(() => ({ edges, policyd, offer: (address) => offerMail(port, address), lastMessage }));
});

async function lastMessage(): Promise<string> {
  const messages = join(folder, 'messages');
  const files = (await readdir(messages)).map((name) => join(messages, name));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  const newest = files[times.indexOf(Math.max(...times))];
  return newest === undefined ? '' : readFile(newest, 'utf8');
}

async function configure(policydPath: string): Promise<void> {
  for (const name of ['config', 'plugins', 'messages', 'queue']) await mkdir(join(folder, name));
  const config = (name: string, text: string) => writeFile(join(folder, 'config', name), text);
  await cp(
    new URL('../../integrations/haraka/plugins/sekisho.js', import.meta.url),
    join(folder, 'plugins', 'sekisho.js'),
  );
  const own = await shippedFile('haraka/config/sekisho.ini');
  await config('sekisho.ini', own.replace('127.0.0.1:10040', `unix:${policydPath}`));
  await config('plugins', 'sekisho\nrcpt_to.in_host_list\nqueue/test\n');
  await config('host_list', 'isp.example\n');
  await config('me', 'mx.isp.example\n');
  await config('smtp.ini', `[main]\nlisten=127.0.0.1:${port}\nnodes=0\n`);
  const connection = await readFile(join(HARAKA, 'config', 'connection.ini'), 'utf8');
  await config('connection.ini', connection.replace(/^hosts\[\] =$/m, 'hosts[]=127.0.0.1'));
}
