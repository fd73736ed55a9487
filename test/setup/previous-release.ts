// The version before this one, built from the repository's history: what runs beside the new one during an upgrade.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const MIGRATIONS = 'libs/persistence/src/migrations';

export interface PreviousRelease extends AsyncDisposable {
  readonly root: string;
  /** The commit, or `this version` where the history does not reach back. */
  readonly name: string;
}

const git = async (...args: string[]) => (await run('git', ['-C', ROOT, ...args])).stdout.trim();

/** The commit before the one that brought the newest migration; undefined in a shallow clone or without git. */
async function commitBefore(): Promise<string | undefined> {
  try {
    const newest = (await readdir(join(ROOT, MIGRATIONS))).sort().at(-1) ?? '';
    const [added] = (await git('log', '--diff-filter=A', '--format=%H', '--', `${MIGRATIONS}/${newest}`))
      .split('\n')
      .reverse();
    // Not committed yet: then it is the last commit.
    return await git('rev-parse', '--verify', '--quiet', added ? `${added}^` : 'HEAD');
  } catch {
    return undefined;
  }
}

async function linkAll(from: string, to: string, isLinked: (name: string) => boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from).catch(() => [])) {
    if (isLinked(name)) await symlink(join(from, name), join(to, name));
  }
}

export async function buildPreviousRelease(): Promise<PreviousRelease> {
  const commit = await commitBefore();
  if (commit === undefined) {
    return { root: ROOT, name: 'this version', [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const root = await mkdtemp(join(tmpdir(), 'sekisho-previous-'));
  const archive = join(root, 'source.tar');
  await git('archive', '--format=tar', `--output=${archive}`, commit);
  await run('tar', ['-C', root, '-xf', archive]);
  await linkAll(join(ROOT, 'node_modules'), join(root, 'node_modules'), (name) => name !== '@sekisho');
  await mkdir(join(root, 'node_modules', '@sekisho'));
  for (const tier of ['apps', 'libs']) {
    for (const name of await readdir(join(root, tier))) {
      if (tier === 'libs')
        await symlink(join(root, tier, name), join(root, 'node_modules', '@sekisho', name));
      const own = join(ROOT, tier, name, 'node_modules');
      await linkAll(own, join(root, tier, name, 'node_modules'), () => true);
    }
  }
  await run(process.execPath, [join(root, 'tools', 'build.mjs')], { cwd: root });
  return {
    root,
    name: commit,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
