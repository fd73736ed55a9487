// Files are the point here: a folder of its own on disk, nothing else.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrivateFile, readEdgeToken } from './secret-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-file-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('createPrivateFile', () => {
  it('makes the folder and the file for its owner alone, and leaves no draft', async () => {
    const path = join(folder, 'keys', 'hub.jwk');
    expect(await createPrivateFile(path, 'secret')).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('secret');
    expect(await modeOf(path)).toBe('600');
    expect(await modeOf(join(folder, 'keys'))).toBe('700');
    expect(await readdir(join(folder, 'keys'))).toEqual(['hub.jwk']);
  });

  it('keeps the file that is there', async () => {
    const path = join(folder, 'hub.jwk');
    await writeFile(path, 'first');
    expect(await createPrivateFile(path, 'second')).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('first');
    expect(await readdir(folder)).toEqual(['hub.jwk']);
  });

  it('lets exactly one of many at once win, and nobody reads half a file', async () => {
    const path = join(folder, 'hub.jwk');
    const content = (i: number) => `${i}-`.repeat(10_000);
    const won = await Promise.all(Array.from({ length: 20 }, (_, i) => createPrivateFile(path, content(i))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(content(won.indexOf(true)));
    expect(await readdir(folder)).toEqual(['hub.jwk']);
  });
});

describe('readEdgeToken', () => {
  it('is 32 random bytes, the same for all who ask at once and afterwards', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => readEdgeToken(folder)));
    tokens.push(await readEdgeToken(folder));
    expect(new Set(tokens).size).toBe(1);
    expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(32);
  });

  it('is another one for another data directory', async () => {
    expect(await readEdgeToken(join(folder, 'a'))).not.toBe(await readEdgeToken(join(folder, 'b')));
  });
});
