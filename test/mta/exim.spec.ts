// Real Exim with the shipped configuration.
import { unpackPackage } from '@sekisho/testing';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicydProcess } from '../integration/policyd-process.js';
import { offerMail } from '../integration/smtp-delivery.js';
import { gradedCases } from './graded-cases.js';
import { InetServer } from './inet-server.js';
import { HELD_UP_MS, MAIL_CASES, MailEdges, shippedFile } from './mail-cases.js';
import { privateFiles, spawnWithFiles } from './private-files.js';

const ACCOUNT = { name: 'Debian-exim', id: 64_501 };

let edges: MailEdges;
let policyd: PolicydProcess;
let folder: string;
/** One asks DNS, the other policyd. */
let server: InetServer;
let graded: InetServer;

beforeAll(async () => {
  const { wrappers } = await unpackPackage('exim4-daemon-light');
  edges = await MailEdges.start();
  folder = await mkdtemp(join(tmpdir(), 'sekisho-exim-'));
  await chmod(folder, 0o755);
  for (const name of ['spool', 'log']) {
    await mkdir(join(folder, name));
    await chown(join(folder, name), ACCOUNT.id, ACCOUNT.id);
  }
  ({ policyd } = await edges.policyd());
  const files = await privateFiles(folder, edges.relay.address, [ACCOUNT]);
  const listen = async (acl: string) => {
    const configuration = join(folder, `exim-${acl}`);
    await writeFile(configuration, await eximConfiguration(acl));
    const client = (address: string, port: string) => ['-bs', '-oMa', `[${address}]:${port}`];
    return InetServer.listen((address, port) =>
      spawnWithFiles(files, join(wrappers, 'exim4'), ['-C', configuration, ...client(address, port)]),
    );
  };
  server = await listen('acl-rcpt.conf');
  graded = await listen('acl-policyd.conf');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await graded[Symbol.asyncDispose]();
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('Exim', () => {
  it.each(MAIL_CASES)('$title', async ({ address, edge, isRefused }) => {
    edges.become(edge);
    const before = (await queued()).length;
    const outcome = await offerMail(server.port, address);
    expect(outcome, server.log).toMatchObject(
      isRefused ? { at: 'RCPT', code: 550 } : { at: 'DATA', code: 250 },
    );
    expect(outcome.ms).toBeLessThan(HELD_UP_MS);
    // The answer leads to the public page.
    if (isRefused) expect(outcome.text).toContain(`/?subject=${address}`);
    expect((await queued()).length - before).toBe(isRefused ? 0 : 1);
  });
});

describe('Exim with policyd', () => {
  gradedCases(() => ({ edges, policyd, offer: (address) => offerMail(graded.port, address), lastMessage }));
});

/** The header of the newest message in the queue. */
async function lastMessage(): Promise<string> {
  const files = (await queued()).map((name) => join(folder, 'spool', 'input', name));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  const newest = files[times.indexOf(Math.max(...times))];
  // Exim writes length and kind before each line of a header.
  return newest === undefined ? '' : (await readFile(newest, 'utf8')).replace(/^\d{3,}. /gm, '');
}

async function queued(): Promise<string[]> {
  const files = await readdir(join(folder, 'spool', 'input')).catch(() => []);
  return files.filter((file) => file.endsWith('-H'));
}

async function eximConfiguration(acl: string): Promise<string> {
  const checks = (await shippedFile(`exim/${acl}`)).replace(':10040', `:${policyd.port}`);
  return `${await shippedFile('exim/main.conf')}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
primary_hostname = mx.isp.example
domainlist local_domains = isp.example
acl_smtp_rcpt = acl_rcpt
queue_only = true
keep_environment =
local_interfaces = 127.0.0.1
begin acl
acl_rcpt:
${checks}
  accept  domains = +local_domains
begin routers
local:
  driver = accept
  transport = local
begin transports
local:
  driver = appendfile
  directory = ${folder}/mail
`;
}
