import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const module = pathToFileURL(join(import.meta.dirname, '../../apps/cli/dist/run-process.js')).href;
const DRIVER = `
import { runProcess } from ${JSON.stringify(module)};
const program = { file: process.argv[2], nodeArguments: [] };
process.exitCode = await runProcess(program, { env: process.env, isTerminal: false });
`;
/** Stays until it is told to end, in order or because its parent is gone. */
const SERVER = `
setInterval(() => undefined, 1_000);
process.once('SIGTERM', () => { console.log('ended in order'); process.exit(7); });
process.once('disconnect', () => { console.log('parent gone'); process.exit(0); });
console.log('up');
`;

type Driver = ChildProcessByStdio<null, Readable, null>;
let folder: string;
let driver: Driver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-process-'));
});
afterEach(async () => {
  driver.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function start(
  program: string,
): Promise<{ lines: AsyncIterator<string>; ended: Promise<number | null> }> {
  await writeFile(join(folder, 'driver.mjs'), DRIVER);
  await writeFile(join(folder, 'program.mjs'), program);
  driver = spawn(process.execPath, [join(folder, 'driver.mjs'), join(folder, 'program.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => driver.once('exit', resolve));
  return { lines: linesOf(driver.stdout), ended };
}

async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

describe('a process that the CLI runs', () => {
  it('gives its exit status to the CLI', async () => {
    expect(await (await start('process.exit(3);')).ended).toBe(3);
  });

  it('is ended by a signal as a shell tells it: 128 and the number', async () => {
    expect(await (await start("process.kill(process.pid, 'SIGKILL');")).ended).toBe(137);
  });

  it('gets the SIGTERM that the CLI gets and ends in order', async () => {
    const { lines, ended } = await start(SERVER);
    expect((await lines.next()).value).toBe('up');
    driver.kill('SIGTERM');
    expect((await lines.next()).value).toBe('ended in order');
    expect(await ended).toBe(7);
  });

  it('does not stay behind when the CLI is killed', async () => {
    const { lines } = await start(SERVER);
    expect((await lines.next()).value).toBe('up');
    driver.kill('SIGKILL');
    expect((await lines.next()).value).toBe('parent gone');
  });
});
