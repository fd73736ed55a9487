import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFile, type InputFile } from './input-file.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-input-'));
  path = join(folder, 'mail.log');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function textOf(file: InputFile, from = 0): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.chunks(from)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('reads the file that it opened, whatever has its name since', async () => {
  await writeFile(path, 'the old one');
  const file = await openFile(path);
  await rename(path, `${path}.1`);
  await writeFile(path, 'another one');
  expect(await textOf(file, 4)).toBe('old one');
  if (!file.isSeekable) throw new Error('a plain file can be read from the middle');
  expect((await file.bytesAt(4, 3)).toString()).toBe('old');
  await file.close();
});

it('reads a named pipe to its end', async () => {
  execFileSync('mkfifo', [path]);
  const long = 'a line\n'.repeat(20_000);
  const written = writeFile(path, long);
  const file = await openFile(path);
  expect(file.isSeekable).toBe(false);
  expect(await textOf(file)).toBe(long);
  await file.close();
  await written;
});
