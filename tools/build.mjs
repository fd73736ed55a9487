// Compiles every workspace's src/ to its dist/, file by file, and only what changed since the last build; the console is
// bundled for browsers, likewise only when something of it changed.
// So is the DNS edge, from what was compiled, for the sake of its memory.
// Types are checked by `npm run types`; this only has to be fast enough to stand in front of every command.
import { transformFile } from '@swc/core';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { precompress } from './precompress.mjs';

/** Bundled by Vite, not compiled file by file. */
const CONSOLE = 'console';
/** Within dist/ of apps/dns: bundled from what was compiled (bundle-edge.mjs). */
const EDGE = 'edge';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

async function workspaces() {
  const tiers = await Promise.all(
    ['apps', 'libs'].map(async (tier) =>
      (await readdir(join(root, tier), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory() && entry.name !== CONSOLE)
        .map((entry) => join(root, tier, entry.name)),
    ),
  );
  return tiers.flat();
}

async function filesBelow(folder, suffix) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function modifiedAt(file) {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** Whole or not at all: another first run may be loading the file already. */
async function put(file, content) {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  await rename(draft, file);
}

/** What the console is made of: its own files, the libraries that it may import, and the versions of the rest. */
async function consoleSources() {
  const folder = join(root, 'apps', CONSOLE);
  const own = await Promise.all(['src', 'public'].map((name) => filesBelow(join(folder, name), '')));
  const libraries = await filesBelow(join(root, 'libs'), '.ts');
  const settings = ['index.html', 'vite.config.ts', 'package.json'].map((name) => join(folder, name));
  return [...own.flat(), ...libraries, ...settings, join(root, 'package-lock.json')].filter(
    (file) => !file.endsWith('.spec.ts') && !file.includes('/node_modules/') && !file.includes('/dist/'),
  );
}

/** Bundles the console when something of it is newer than its bundle; resolves to whether it did. */
async function buildConsole() {
  const folder = join(root, 'apps', CONSOLE);
  const target = join(folder, 'dist');
  const written = await modifiedAt(join(target, 'index.html'));
  const changed = await Promise.all((await consoleSources()).map(modifiedAt));
  if (written > Math.max(...changed)) return false;
  const { build: bundle } = await import('vite');
  await putFolder(target, async (draft) => {
    await bundle({ root: folder, logLevel: 'warn', build: { outDir: draft, emptyOutDir: true } });
    await precompress(draft);
  });
  return true;
}

/** Bundles the DNS edge when something compiled is newer than its bundle; resolves to whether it did. */
async function buildEdge() {
  const folder = join(root, 'apps', 'dns');
  const target = join(folder, 'dist', EDGE);
  const written = await modifiedAt(join(target, 'main.js'));
  const compiled = await Promise.all([
    filesBelow(join(root, 'libs'), '.js'),
    filesBelow(join(folder, 'dist'), '.js'),
  ]);
  const parts = compiled
    .flat()
    .filter((file) => !file.startsWith(target) && !file.includes('/node_modules/'));
  const settings = [join(root, 'package-lock.json'), join(root, 'tools', 'bundle-edge.mjs')];
  const changed = await Promise.all([...parts, ...settings].map(modifiedAt));
  if (written > Math.max(...changed)) return false;
  const { bundleEdge } = await import('./bundle-edge.mjs');
  await putFolder(target, (draft) => bundleEdge(folder, draft));
  return true;
}

/** Whole or not at all, as a file. Two at once made the same; the second one's is as good. */
async function putFolder(target, fill) {
  const [draft, old] = [`${target}.${randomUUID()}`, `${target}.${randomUUID()}`];
  await fill(draft);
  await rename(target, old).catch(() => undefined);
  await rename(draft, target).catch(() => undefined);
  await Promise.all([old, draft].map((path) => rm(path, { recursive: true, force: true })));
}

/** Compiles what is out of date; resolves to the number of files written. */
export async function build() {
  const config = await modifiedAt(join(root, '.swcrc'));
  const jobs = [];
  for (const workspace of await workspaces()) {
    const sources = (await filesBelow(join(workspace, 'src'), '.ts')).filter((f) => !f.endsWith('.spec.ts'));
    const wanted = new Set();
    for (const source of sources) {
      const target = join(workspace, 'dist', relative(join(workspace, 'src'), source)).replace(
        /\.ts$/,
        '.js',
      );
      wanted.add(target);
      const written = await modifiedAt(target);
      if (written < (await modifiedAt(source)) || written < config) jobs.push({ source, target });
    }
    const bundled = join(workspace, 'dist', EDGE);
    for (const old of await filesBelow(join(workspace, 'dist'), '.js')) {
      if (!wanted.has(old) && !old.startsWith(bundled))
        await Promise.all([rm(old), rm(`${old}.map`, { force: true })]);
    }
  }
  let next = 0;
  const compile = async () => {
    for (let job = jobs[next++]; job; job = jobs[next++]) {
      const { code, map } = await transformFile(job.source, {
        sourceFileName: relative(dirname(job.target), job.source),
      });
      await mkdir(dirname(job.target), { recursive: true });
      if (map) await put(`${job.target}.map`, map);
      await put(job.target, `${code}\n//# sourceMappingURL=${job.target.split('/').pop()}.map\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() * 2 }, compile));
  const bundles = [await buildEdge(), await buildConsole()];
  return jobs.length + bundles.filter((isNew) => isNew).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
