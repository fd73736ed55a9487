import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault } from '../failure.js';

/** What is read of an input to see what it is. */
const HEAD_BYTES = 8_192;

export interface InputFile {
  readonly name: string;
  /** The first bytes. */
  readonly head: Buffer;
  /** Can be read again from the middle. */
  readonly isSeekable: boolean;
  readonly chunks: (from: number) => AsyncIterable<Buffer>;
}

/**
 * The files of paths in a fixed order: a maildir's `cur` and `new` with those of its subfolders, the files below any other folder
 * that do not begin with a dot, `-` for standard input.
 * @throws {UsageFault} for a path that is not there
 */
export async function* listInputs(
  paths: readonly string[],
  stdin: AsyncIterable<Buffer | string>,
): AsyncGenerator<InputFile, void, undefined> {
  for (const path of paths) {
    if (path === '-') yield await standardInput(stdin);
    else for await (const file of filesBelow(path)) yield await openFile(file);
  }
}

async function* filesBelow(path: string): AsyncGenerator<string, void, undefined> {
  const found = await stat(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT') throw error;
    throw new UsageFault(`there is no ${path}`, 'name files or folders that are there; - is standard input');
  });
  if (!found.isDirectory()) {
    yield path;
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  const isMaildir = names.has('cur') && names.has('new');
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const isHidden = entry.name.startsWith('.');
    const isWanted = isMaildir
      ? entry.isDirectory() && (isHidden || entry.name === 'cur' || entry.name === 'new')
      : (entry.isDirectory() || entry.isFile()) && !isHidden;
    if (isWanted) yield* filesBelow(join(path, entry.name));
  }
}

export async function openFile(name: string): Promise<InputFile> {
  const file = await open(name, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return {
      name,
      head: head.subarray(0, bytesRead),
      isSeekable: (await file.stat()).isFile(),
      chunks: (from) =>
        createReadStream(name, { start: from, highWaterMark: 65_536 }) as AsyncIterable<Buffer>,
    };
  } finally {
    await file.close();
  }
}

export async function standardInput(stdin: AsyncIterable<Buffer | string>): Promise<InputFile> {
  const rest = stdin[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const next = await rest.next();
    if (next.done) break;
    head = Buffer.concat([head, Buffer.from(next.value)]);
  }
  return {
    name: '-',
    head,
    isSeekable: false,
    async *chunks() {
      yield head;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield Buffer.from(next.value);
    },
  };
}
