// What an edge has in memory of other people's code: a library that is loaded stays for the life of the process, in each
// thread that loads it (docs/dns-performance.md). To be seen red: import `prom-client` in apps/dns/src/serve.ts.
import { EdgeData } from '@sekisho/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeProcess } from './edge-process.js';
import { LoadedProcess } from './loaded-process.js';

const PRELOAD = fileURLToPath(new URL('../setup/loaded-modules.mjs', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-modules-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Loaded {
  /** npm packages in what the threads loaded, bundled or not. */
  readonly main: readonly string[];
  readonly worker: readonly string[];
  /** Modules of Node itself. */
  readonly builtin: readonly string[];
}

async function loadedBy(
  name: string,
  run: (environment: Record<string, string>) => Promise<void>,
): Promise<Loaded> {
  const list = join(folder, `${name}.modules`);
  await run({ NODE_OPTIONS: `--import=${PRELOAD}`, LOADED_MODULES: list });
  const lines = (await readFile(list, 'utf8')).split('\n');
  const packagesOf = async (thread: string): Promise<readonly string[]> => {
    const files = lines.flatMap((line) =>
      line.startsWith(`${thread} file:`) ? [line.split(' ')[1] ?? ''] : [],
    );
    const texts = await Promise.all(
      [...new Set(files)].map(async (url) => `${url}\n${await readFile(new URL(url), 'utf8')}`),
    );
    // The bundler writes above each module which file it is of.
    const paths = texts.flatMap((text) => [
      text.split('\n')[0] ?? '',
      ...(text.match(/^\/\/ .*\.[cm]?js$/gm) ?? []),
    ]);
    return [
      ...new Set(paths.flatMap((path) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])),
    ].sort();
  };
  return {
    main: await packagesOf('main'),
    worker: await packagesOf('worker'),
    builtin: lines.flatMap((line) => /^main NativeModule (.*)$/.exec(line)?.[1] ?? []),
  };
}

/** What pino is made of. */
const LOG = [
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino',
  'pino-std-serializers',
  'quick-format-unescaped',
  'safe-stable-stringify',
  'sonic-boom',
  'thread-stream',
];
const SYSTEM_CALLS = ['@koromix/koffi-linux-x64', 'koffi'];

describe('what is loaded', () => {
  it('by an edge of data files is the log, system calls and the reading of its configuration and of addresses', async () => {
    await writeFile(join(folder, 'list'), ':127.0.0.2:listed\n192.0.2.1\n');
    const { main, worker, builtin } = await loadedBy('load', async (environment) => {
      await using edge = await LoadedProcess.start(folder, ['--load', 'bl.example:ip4set:list'], environment);
      expect(edge.port).toBeGreaterThan(0);
    });
    expect(main).toEqual([...LOG, ...SYSTEM_CALLS, 'ipaddr.js', 'zod'].sort());
    expect(worker).toEqual([...SYSTEM_CALLS, 'ipaddr.js'].sort());
    expect(builtin).not.toContain('internal/deps/undici/undici');
    expect(builtin).not.toContain('http');
  });

  it('by an edge of a hub is besides what verifies signatures and reads subjects, and by the threads that answer the least', async () => {
    const data = await EdgeData.create(folder);
    await data.write({ zone: 'ip', serial: 1, entries: [] });
    const { main, worker } = await loadedBy('hub', async (environment) => {
      const edge = await EdgeProcess.start({ dataDir: folder, hubUrl: 'http://127.0.0.1:9', environment });
      await edge.stop();
    });
    expect(main).toEqual(
      [...LOG, ...SYSTEM_CALLS, '@noble/hashes', 'ipaddr.js', 'jose', 'tldts', 'tldts-core', 'zod'].sort(),
    );
    expect(worker).toEqual([...SYSTEM_CALLS, 'ipaddr.js'].sort());
  });
});
