// Real Sendmail with the shipped rules, which ask policyd through a socket map.
import { unpackPackage } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import type { PolicydProcess } from '../integration/policyd-process.js';
import { offerMail } from '../integration/smtp-delivery.js';
import { gradedCases } from './graded-cases.js';
import { CASE_ADDRESSES, MailEdges, shippedFile } from './mail-cases.js';
import { OwnNetwork } from './own-network.js';
import { privateFiles } from './private-files.js';

/** Sendmail trusts no socket below a folder that everybody may write, such as /tmp. */
const SOCKET_FOLDER = '/mnt';

let edges: MailEdges;
let policyd: PolicydProcess;
let folder: string;
let network: OwnNetwork;

beforeAll(async () => {
  const { root, wrappers } = await unpackPackage('sendmail-bin');
  edges = await MailEdges.start();
  const { policyd: started, path } = await edges.policyd();
  policyd = started;
  folder = await mkdtemp(join(tmpdir(), 'sekisho-sendmail-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'queue'), { mode: 0o700 });
  await writeFile(join(folder, 'sendmail.mc'), await macros(root));
  const { stdout } = await promisify(execFile)(
    join(wrappers, 'm4'),
    [`-D_CF_DIR_=${root}/usr/share/sendmail/cf/`, join(folder, 'sendmail.mc')],
    { maxBuffer: 1 << 24 },
  );
  await writeFile(join(folder, 'sendmail.cf'), stdout);
  const files = new Map(await privateFiles(folder, '127.0.0.1', [{ name: 'smmsp', id: 64_504 }]));
  await chmod(dirname(path), 0o755);
  files.set(SOCKET_FOLDER, dirname(path));
  network = await OwnNetwork.open(folder, CASE_ADDRESSES, files);
  network.run(await plainSendmail(wrappers, root), ['-bD', '-C', join(folder, 'sendmail.cf')]);
  await eventually(async () => (await stat(join(folder, 'pid')).catch(() => undefined)) !== undefined);
});

afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await edges[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('Sendmail', () => {
  gradedCases(() => ({
    edges,
    policyd,
    offer: (address) => offerMail(network.path, address),
    lastMessage,
  }));
});

/** The queue file of the newest message: envelope and header. */
async function lastMessage(): Promise<string> {
  const names = (await readdir(join(folder, 'queue'))).filter((name) => name.startsWith('qf'));
  const queue = names.map((name) => join(folder, 'queue', name));
  const times = await Promise.all(queue.map(async (file) => (await stat(file)).mtimeMs));
  const newest = queue[times.indexOf(Math.max(...times))];
  const text = newest === undefined ? '' : await readFile(newest, 'utf8');
  return text.replace(/^H\?[^?]*\?/gm, '');
}

/** A wrapper for the program without its setgid bit, with which the dynamic linker takes libraries from nowhere else. */
async function plainSendmail(wrappers: string, root: string): Promise<string> {
  const plain = join(folder, 'sendmail');
  const original = join(root, 'usr', 'libexec', 'sendmail', 'sendmail');
  await cp(original, `${plain}.bin`);
  await chmod(`${plain}.bin`, 0o755);
  const script = await readFile(join(wrappers, 'sendmail'), 'utf8');
  await writeFile(plain, script.replace(original, `${plain}.bin`), { mode: 0o755 });
  return plain;
}

/** On a busy machine it would refuse connections by itself. */
async function macros(root: string): Promise<string> {
  const rules = join(folder, 'sekisho.m4');
  await writeFile(rules, (await shippedFile('sendmail/sekisho.m4')).replace('/run/sekisho', SOCKET_FOLDER));
  return `divert(0)dnl
include(\`${root}/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`linux')dnl
define(\`QUEUE_DIR', \`${folder}/queue')dnl
define(\`confPID_FILE', \`${folder}/pid')dnl
define(\`STATUS_FILE', \`${folder}/statistics')dnl
define(\`ALIAS_FILE', \`')dnl
define(\`confDOMAIN_NAME', \`mx.isp.example')dnl
define(\`confDELIVERY_MODE', \`queueonly')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confQUEUE_LA', \`1000')dnl
define(\`confREFUSE_LA', \`1000')dnl
FEATURE(\`no_default_msa')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
DAEMON_OPTIONS(\`Name=MTA, Family=inet, Addr=127.0.0.1, Port=25')dnl
DAEMON_OPTIONS(\`Name=MTA6, Family=inet6, Addr=::1, Port=25')dnl
LOCAL_CONFIG
Cwisp.example
include(\`${rules}')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
`;
}
