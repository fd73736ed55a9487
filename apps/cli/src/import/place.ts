import { createHash, type Hash } from 'node:crypto';
import type { ByteLine } from './byte-lines.js';
import type { FileMark, ImportState, Mark } from './import-state.js';
import type { InputFile, SeekableFile } from './input-file.js';

const TAIL_BYTES = 64;
const NOTHING = Buffer.alloc(0);

export const digestOf = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 22);
};

/** Where in a file an earlier run stopped, and what to remember of where this one does. */
export class Place {
  private readonly stream: Hash | undefined;
  private constructor(
    readonly from: number,
    readonly key: string,
    isSeekable: boolean,
  ) {
    this.stream = isSeekable ? undefined : createHash('sha256');
  }

  static async of(file: InputFile, state: Pick<ImportState, 'fileMark'> | undefined): Promise<Place> {
    if (!file.isSeekable) return new Place(0, '', false);
    for (const lines of [2, 1]) {
      const key = keyOf(file.head, lines);
      const before = state?.fileMark(key);
      if (before && (await isWhereItWas(file, before))) return new Place(before.offset, key, true);
    }
    return new Place(0, keyOf(file.head, 2), true);
  }

  /** @param last what was read last and ends, but for a line end, at `end` */
  markAt(end: number, last: Buffer): Mark {
    if (this.stream) return { kind: 'stream', digest: this.stream.copy().digest('base64url') };
    const tail = last.subarray(-TAIL_BYTES);
    return { kind: 'file', key: this.key, offset: end, tailLength: tail.length, tail: digestOf(tail) };
  }

  markOf({ end, bytes, isCut }: ByteLine): Mark {
    return this.markAt(end, isCut ? NOTHING : bytes);
  }

  pass(line: Buffer): void {
    this.stream?.update(line);
  }
}

/** A log begins with a time and a process id, a mailbox with a time, a table with a head and its first row. */
function keyOf(head: Buffer, lines: number): string {
  let end = 0;
  for (let i = 0; i < lines; i++) {
    const feed = head.indexOf(0x0a, end);
    if (feed < 0) break;
    end = feed + 1;
  }
  return digestOf(head.subarray(0, end === 0 ? 256 : end));
}

async function isWhereItWas(file: SeekableFile, { offset, tailLength, tail }: FileMark): Promise<boolean> {
  // The line end behind the last line is not part of the tail.
  const start = Math.max(0, offset - tailLength - 2);
  const read = await file.bytesAt(start, offset - start);
  if (read.length < offset - start) return false;
  return [0, 1, 2].some(
    (ends) => digestOf(read.subarray(0, read.length - ends).subarray(-tailLength || read.length)) === tail,
  );
}
