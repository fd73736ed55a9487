// Programs that tests are judged by, from Debian's packages. An ordinary user gets them unpacked into a cache of its own,
// because the tests of a fresh checkout must pass for everybody.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = join(tmpdir(), `sekisho-programs-${userInfo().uid}`);
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

const isFound = (program: string) =>
  run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );

/**
 * Makes sure that a program is on this process's PATH: it installs the Debian package as root, and unpacks it for an
 * ordinary user. When that fails too, it fails with the command to run. It never lets a test be skipped.
 */
export async function requireProgram(program: string, debianPackage: string): Promise<void> {
  addToPath(SYSTEM_FOLDERS, 'after');
  if (await isFound(program)) return;
  const command = `apt-get install -y ${debianPackage}`;
  const attempt =
    process.getuid?.() === 0
      ? installAsRoot(command)
      : unpack(debianPackage).then(({ wrappers }) => {
          addToPath([wrappers], 'before');
        });
  const reason = await attempt.then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (!(await isFound(program)))
    throw new Error(`${program} is needed by this test: sudo ${command}\n${reason}`);
}

/**
 * The same for a shared library of a Debian package that brings no program.
 * @returns what the dynamic linker finds it by: its name, or its place in the cache
 */
export async function requireLibrary(file: string, debianPackage: string): Promise<string> {
  const places = ['/usr/lib', '/lib', '/usr/local/lib', join(CACHE, debianPackage, 'usr', 'lib')];
  const find = async () => {
    const { stdout } = await run('sh', [
      '-c',
      `find ${places.join(' ')} -name ${file} 2>/dev/null | head -n 1`,
    ]);
    return stdout.trim();
  };
  const present = await find();
  if (present) return present;
  const command = `apt-get install -y ${debianPackage}`;
  await (process.getuid?.() === 0 ? installAsRoot(command) : unpack(debianPackage));
  const found = await find();
  if (!found) throw new Error(`${file} is needed by this test: sudo ${command}`);
  return found;
}

export interface UnpackedPackage {
  /** The folder that stands for the root of the file system. */
  readonly root: string;
  /** The folder with a script for each program, which runs it with the libraries it came with. */
  readonly wrappers: string;
}

/**
 * Unpacks a Debian package into the cache, also for root, and installs nothing: for a mail server that would remove the one
 * this machine has. PATH stays as it is.
 * @throws {Error} when the package cannot be downloaded
 */
export async function unpackPackage(debianPackage: string): Promise<UnpackedPackage> {
  addToPath(SYSTEM_FOLDERS, 'after');
  return unpack(debianPackage);
}

/** RUNLEVEL=1: a server that is installed is not started. Several test files may install at the same time. */
async function installAsRoot(command: string): Promise<void> {
  const install = command.replace('apt-get', 'apt-get -o DPkg::Lock::Timeout=300');
  await run('sh', ['-c', `apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 ${install}`]);
}

/** Downloads the package with what it depends on and is not installed, and unpacks all of it into the cache. */
async function unpack(debianPackage: string): Promise<UnpackedPackage> {
  const folder = join(CACHE, debianPackage);
  if (!(await readdir(folder).catch(() => undefined))) {
    const draft = `${folder}.${process.pid}`;
    const state = join(CACHE, 'apt');
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(state, 'archives', 'partial'), { recursive: true });
    await mkdir(draft, { recursive: true });
    const own = [
      ...['-o', 'Debug::NoLocking=1', '-o', `Dir::State::lists=${join(state, 'lists')}`],
      ...['-o', `Dir::Cache=${state}`],
    ];
    await run('apt-get', [...own, '-qq', 'update'], { maxBuffer: 1 << 26 });
    const install = ['-qq', '-y', '--no-install-recommends', '--print-uris', 'install', debianPackage];
    const { stdout } = await run('apt-get', [...own, ...install], { maxBuffer: 1 << 26 });
    const packages = stdout.split('\n').flatMap((line) => / ([^\s_]+)_\S+\.deb /.exec(line)?.[1] ?? []);
    await run('apt-get', [...own, '-qq', 'download', ...packages], { cwd: draft, maxBuffer: 1 << 26 });
    for (const file of await readdir(draft)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', file, '.'], { cwd: draft });
    }
    await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return { root: folder, wrappers: await wrap(folder) };
}

/** Scripts that run the unpacked programs with the unpacked libraries, and nothing else with them. */
async function wrap(folder: string): Promise<string> {
  const wrappers = join(folder, 'wrappers');
  await mkdir(wrappers, { recursive: true });
  const { stdout } = await run('sh', [
    '-c',
    `find ${folder}/usr/lib ${folder}/lib -name '*.so*' -printf '%h\\n' | sort -u`,
  ]).catch(() => ({ stdout: '' }));
  const libraries = stdout.trim().split('\n').join(':');
  const postgresql = join('usr', 'lib', 'postgresql');
  const versions = await readdir(join(folder, postgresql)).catch(() => []);
  const places = [
    'bin',
    'usr/bin',
    'sbin',
    'usr/sbin',
    // Where Debian keeps what stands behind its own start scripts.
    'usr/libexec/sendmail',
    ...versions.map((version) => join(postgresql, version, 'bin')),
  ];
  for (const place of places) {
    for (const name of await readdir(join(folder, place)).catch(() => [])) {
      const script = join(wrappers, name);
      const program = join(folder, place, name);
      await writeFile(script, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"\n`);
      await chmod(script, 0o755);
    }
  }
  return wrappers;
}

function addToPath(folders: readonly string[], where: 'before' | 'after'): void {
  const present = (process.env['PATH'] ?? '').split(delimiter);
  const missing = folders.filter((folder) => !present.includes(folder));
  process.env['PATH'] = (where === 'before' ? [...missing, ...present] : [...present, ...missing]).join(
    delimiter,
  );
}
