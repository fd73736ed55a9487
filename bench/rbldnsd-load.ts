// Time and memory of reading rbldnsd data files of a million lines: `npx node bench/rbldnsd-load.ts`. Each type is read in
// a process of its own, so that its resident memory is its own.
import { byteLengthOf, DatasetLoader, type DatasetType } from '@sekisho/rbldnsd';
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const LINES = 1_000_000;

let state = 20_261_124;
/** The same numbers in every run (Numerical Recipes' congruential generator, upper bits). */
const random = (limit: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const address = (): string => Array.from({ length: 4 }, () => random(256)).join('.');
const hex = (): string => random(65_536).toString(16);

const KINDS: readonly (readonly [name: string, type: DatasetType, line: (i: number) => string])[] = [
  ['ip4set, one value', 'ip4set', address],
  ['ip4set, a value each', 'ip4set', (i) => `${address()} :127.0.0.${2 + (i % 9)}:reason number ${i}`],
  ['ip4trie', 'ip4trie', () => `${address().replace(/\d+$/, '0')}/24`],
  ['ip4tset', 'ip4tset', address],
  ['ip6trie', 'ip6trie', () => `2001:${hex()}:${hex()}:${hex()}::/64`],
  ['ip6tset', 'ip6tset', () => `2001:${hex()}:${hex()}:${hex()}`],
  ['dnset', 'dnset', (i) => `${i % 3 === 0 ? '' : '.'}n${hex()}${hex()}.example${i % 1000}.com`],
];

async function writeData(path: string, line: (i: number) => string): Promise<void> {
  const file = await open(path, 'w');
  await file.write(':127.0.0.2:Listed, see http://bl.example/?$\n');
  for (let i = 0; i < LINES;) {
    const lines: string[] = [];
    for (; lines.length < 10_000; i++) lines.push(line(i));
    await file.write(`${lines.join('\n')}\n`);
  }
  await file.close();
}

async function measure(type: DatasetType, path: string): Promise<void> {
  const start = performance.now();
  const loader = new DatasetLoader(type, { nowSeconds: Date.now() / 1000 });
  loader.startFile(path);
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 })) {
    loader.push(chunk as Uint8Array);
  }
  loader.endFile();
  const dataset = loader.finish();
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0).padStart(5);
  console.log(
    `${seconds.padStart(6)} s  ${megabytes(byteLengthOf(dataset))} MB  ${megabytes(process.resourceUsage().maxRSS * 1024)} MB` +
      `  ${dataset.entries} entries`,
  );
}

const [type, path] = process.argv.slice(2);
if (type !== undefined && path !== undefined) await measure(type as DatasetType, path);
else {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
  try {
    console.log(`${LINES} lines, ${availableParallelism()} processors, Node ${process.version}`);
    console.log(`${''.padEnd(22)}  time    tables   peak resident`);
    for (const [name, kind, line] of KINDS) {
      const file = join(folder, 'list');
      await writeData(file, line);
      const row = execFileSync(process.execPath, [import.meta.filename, kind, file], { encoding: 'utf8' });
      console.log(`${name.padEnd(22)}${row.trimEnd()}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
