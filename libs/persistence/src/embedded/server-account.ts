import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedDatabaseFailed } from './errors.js';
import type { ServerBinaries } from './server-binaries.js';

const run = promisify(execFile);
const ACCOUNT = 'postgres';

// linux/capability.h
const CAPABILITY_BITS = { dac_override: 1n, dac_read_search: 2n, setpcap: 8n };
type Capability = 'dac_override' | 'dac_read_search';

/** How to start a program as the account that the server runs under. */
export interface ServerAccount {
  /** Set when the files must be given to an account other than our own. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** What to spawn for a program and its arguments. */
  command(
    program: string,
    args: readonly string[],
    options?: { diesWithParent: boolean },
  ): { file: string; args: string[]; ids: { uid: number; gid: number } | undefined };
}

/**
 * Decides as whom the server runs. An ordinary user runs it as himself. PostgreSQL refuses to run as root, so root
 * runs it as the owner of the directory's database, or as the OS account `postgres`, which is created when missing.
 *
 * A checkout in root's home (mode 0700) is where that fails: the account may enter neither node_modules nor the
 * data directory. Copying the programs elsewhere would still leave the data unreachable and a second copy to keep
 * true, and opening /root is not ours to do. So only then, and on Linux only, the server keeps a single capability:
 * CAP_DAC_READ_SEARCH (to enter directories and read files), or CAP_DAC_OVERRIDE where that one is withheld (Docker's
 * default) or where the programs are not executable for others (npm under umask 077). `no_setuid_fixup` is needed
 * because initdb and postgres test their own path with access(2), which otherwise drops the capabilities of any
 * process that is not root. All other capabilities leave the bounding set. An attacker who becomes SQL superuser
 * could read files through that capability: the role `sekisho` that the product uses is therefore not one.
 *
 * @throws EmbeddedDatabaseFailed `server-account-missing`, `privilege-missing`
 */
export async function chooseServerAccount(
  binaries: ServerBinaries,
  clusterDir: string,
): Promise<ServerAccount> {
  const setpriv = await findProgram('setpriv');
  const hasDeathSignal = setpriv !== undefined && (await offersDeathSignal(setpriv));
  // The kernel's SIGINT on our death (fast shutdown) leaves no orphan behind; without it the next start stops one.
  const onDeath = (diesWithParent: boolean) =>
    diesWithParent && hasDeathSignal ? ['--pdeathsig', 'INT'] : [];

  if (process.getuid?.() !== 0) {
    return {
      ids: undefined,
      command(program, args, { diesWithParent } = { diesWithParent: false }) {
        const flags = onDeath(diesWithParent);
        return setpriv && flags.length > 0
          ? { file: setpriv, args: [...flags, program, ...args], ids: undefined }
          : { file: program, args: [...args], ids: undefined };
      },
    };
  }

  const ids = (await ownerOf(clusterDir)) ?? (await findOrCreateAccount());
  const capability = await missingCapability(binaries, clusterDir, ids, setpriv);
  const capabilityFlags = capability
    ? [
        `--inh-caps=-all,+${capability}`,
        `--ambient-caps=-all,+${capability}`,
        `--bounding-set=-all,+${capability}`,
        '--securebits=+no_setuid_fixup',
      ]
    : [];
  return {
    ids,
    command(program, args, { diesWithParent } = { diesWithParent: false }) {
      const flags = [...onDeath(diesWithParent), ...capabilityFlags];
      if (!setpriv || flags.length === 0) return { file: program, args: [...args], ids };
      const become = ['--reuid', String(ids.uid), '--regid', String(ids.gid), '--clear-groups'];
      return { file: setpriv, args: [...become, ...flags, program, ...args], ids: undefined };
    },
  };
}

async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const isRunnable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return path;
  }
  return undefined;
}

async function offersDeathSignal(setpriv: string): Promise<boolean> {
  const { stdout } = await run(setpriv, ['--help']).catch(() => ({ stdout: '' }));
  return stdout.includes('--pdeathsig');
}

/** The account a database was made under, so that root can go on with the directory of an ordinary user. */
async function ownerOf(clusterDir: string): Promise<{ uid: number; gid: number } | undefined> {
  const owner = await stat(clusterDir).catch(() => undefined);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : undefined;
}

async function lookUpAccount(): Promise<{ uid: number; gid: number } | undefined> {
  const numbers = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, ACCOUNT])).stdout.trim())),
  ).catch(() => []);
  const [uid, gid] = numbers;
  return uid !== undefined && gid !== undefined && uid > 0 ? { uid, gid } : undefined;
}

async function findOrCreateAccount(): Promise<{ uid: number; gid: number }> {
  const existing = await lookUpAccount();
  if (existing) return existing;
  const useradd = ['--system', '--no-create-home', '--home-dir', '/nonexistent'];
  let cause: unknown;
  try {
    await run('groupadd', ['--force', '--system', ACCOUNT]);
    await run('useradd', [...useradd, '--gid', ACCOUNT, '--shell', '/usr/sbin/nologin', ACCOUNT]);
  } catch (error) {
    cause = error;
  }
  const created = await lookUpAccount();
  if (created) return created;
  throw new EmbeddedDatabaseFailed(
    'server-account-missing',
    `PostgreSQL does not run as root, and the OS account "${ACCOUNT}" neither exists nor could be created. ` +
      `Create it (groupadd --system ${ACCOUNT} && useradd --system --gid ${ACCOUNT} ${ACCOUNT}) or run as an ordinary user.`,
    { cause },
  );
}

/** Whether these ids may do `wanted` (4 read, 1 enter or execute); ACLs are not looked at. */
async function mayUse(path: string, wanted: number, ids: { uid: number; gid: number }): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === ids.uid ? 6 : gid === ids.gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

async function firstClosedFolder(
  path: string,
  ids: { uid: number; gid: number },
): Promise<string | undefined> {
  let closed: string | undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!(await mayUse(folder, 1, ids))) closed = folder;
    if (folder === dirname(folder)) return closed;
  }
}

async function heldCapabilities(): Promise<bigint> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
}

async function missingCapability(
  binaries: ServerBinaries,
  clusterDir: string,
  ids: { uid: number; gid: number },
  setpriv: string | undefined,
): Promise<Capability | undefined> {
  const parent = await realpath(dirname(clusterDir));
  const program = await realpath(binaries.postgres);
  const closed =
    (await firstClosedFolder(join(parent, 'postgres'), ids)) ?? (await firstClosedFolder(program, ids));
  const isExecutable = await mayUse(program, 5, ids);
  if (!closed && isExecutable) return undefined;

  const held = await heldCapabilities();
  const holds = (name: keyof typeof CAPABILITY_BITS) => ((held >> CAPABILITY_BITS[name]) & 1n) === 1n;
  if (setpriv && holds('setpcap')) {
    if (isExecutable && holds('dac_read_search')) return 'dac_read_search';
    if (holds('dac_override')) return 'dac_override';
  }
  const where = closed ? `may not enter ${closed}` : `may not execute ${program}`;
  const lacking = setpriv
    ? 'this container withholds CAP_SETPCAP or both CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE'
    : 'setpriv (package util-linux) is not on PATH';
  throw new EmbeddedDatabaseFailed(
    'privilege-missing',
    `PostgreSQL does not run as root, the OS account it runs under (uid ${ids.uid}) ${where}, and ${lacking}. ` +
      `Move the checkout and SEKISHO_DATA_DIR to a folder that others may enter, for example /srv/sekisho` +
      `${closed ? ` (or chmod o+x ${closed})` : ''}, or run as an ordinary user.`,
  );
}
