import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault } from '../failure.js';

/** What is read of an input to see what it is. */
const HEAD_BYTES = 8_192;
const CHUNK_BYTES = 65_536;

interface Input {
  readonly name: string;
  /** The first bytes. */
  readonly head: Buffer;
  readonly chunks: (from: number) => AsyncIterable<Buffer>;
  readonly close: () => Promise<void>;
}

/** Can be read again from the middle. */
export interface SeekableFile extends Input {
  readonly isSeekable: true;
  /** Some bytes from the middle, fewer at its end. */
  readonly bytesAt: (from: number, length: number) => Promise<Buffer>;
}

export type InputFile = SeekableFile | (Input & { readonly isSeekable: false });

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
    else for await (const name of filesBelow(path)) yield* opened(name);
  }
}

/** A file, for as long as its reader is busy with it. */
async function* opened(name: string): AsyncGenerator<InputFile, void, undefined> {
  const file = await openFile(name);
  try {
    yield file;
  } finally {
    await file.close();
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

/** Opened once: whatever is renamed meanwhile, all that is read is of one file. What is no plain file is read as a stream. */
export async function openFile(name: string): Promise<InputFile> {
  const file = await open(name, 'r');
  try {
    if (!(await file.stat()).isFile()) {
      const stream = file.createReadStream();
      return await streamInput(name, stream, () => Promise.resolve(void stream.destroy()));
    }
    const bytesAt = async (from: number, length: number) => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    return {
      ...{ name, bytesAt, isSeekable: true },
      head: await bytesAt(0, HEAD_BYTES),
      async *chunks(from) {
        for (let at = from, chunk; (chunk = await bytesAt(at, CHUNK_BYTES)).length > 0; at += chunk.length)
          yield chunk;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export const standardInput = (stdin: AsyncIterable<Buffer | string>): Promise<InputFile> =>
  streamInput('-', stdin, () => Promise.resolve());

async function streamInput(
  name: string,
  stream: AsyncIterable<Buffer | string>,
  close: () => Promise<void>,
): Promise<InputFile> {
  const rest = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const next = await rest.next();
    if (next.done) break;
    head = Buffer.concat([head, Buffer.from(next.value)]);
  }
  return {
    ...{ name, close },
    head,
    isSeekable: false,
    async *chunks() {
      yield head;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield Buffer.from(next.value);
    },
  };
}
