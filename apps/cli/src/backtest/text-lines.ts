// The lines of a file that does not fit into memory.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Larger reads than the 64 KiB of a stream: fewer turns of the event loop. */
const CHUNK_BYTES = 1_048_576;

/** A file's bytes, unpacked when its name ends in `.gz`. Rejects with the system's error when it cannot be read. */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!path.endsWith('.gz')) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const unpacked = new PassThrough({ highWaterMark: CHUNK_BYTES });
  const failed = pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), unpacked);
  // Told by the iteration below; awaited after it so that nothing is unhandled in between.
  failed.catch(() => undefined);
  yield* unpacked as AsyncIterable<Buffer>;
  await failed;
}

/** Calls back for every line that is not blank, with its number counted from 1; a last line needs no line feed. */
export async function eachLine(
  bytes: AsyncIterable<Buffer | string>,
  onLine: (text: string, line: number) => void,
): Promise<number> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  const take = (text: string) => {
    line++;
    if (text.trim() !== '') onLine(text, line);
  };
  for await (const chunk of bytes) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      take(text.slice(from, end));
      from = end + 1;
    }
    rest = text.slice(from);
  }
  rest += decoder.decode();
  if (rest !== '') take(rest);
  return line;
}
