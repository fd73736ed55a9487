import { LIMITS } from '@sekisho/evidence';
import { createReadStream } from 'node:fs';
import { open, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface SourceMessage {
  /** File, and for a mailbox the number of the message in it. */
  readonly place: string;
  /** No more than is read of one message. */
  readonly bytes: Uint8Array;
}

/** Every message of files, mailboxes and folders (a maildir too), in the order of names; one in memory at a time. */
export async function* readMessages(paths: readonly string[]): AsyncGenerator<SourceMessage> {
  for (const path of paths) {
    for await (const file of filesOf(path)) {
      if (await isMailbox(file)) yield* readMailbox(file);
      else yield { place: file, bytes: await readStart(file) };
    }
  }
}

async function* filesOf(path: string): AsyncGenerator<string> {
  if (!(await stat(path)).isDirectory()) {
    yield path;
    return;
  }
  const names: string[] = [];
  // `tmp` of a maildir holds messages that are still being written.
  for await (const entry of await opendir(path)) if (entry.name !== 'tmp') names.push(entry.name);
  for (const name of names.sort()) yield* filesOf(join(path, name));
}

const FROM = Buffer.from('From ');

async function isMailbox(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FROM.length), 0, FROM.length, 0);
    return bytesRead === FROM.length && buffer.equals(FROM);
  } finally {
    await file.close();
  }
}

async function readStart(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  // One byte more, so that the parser sees that something is missing.
  for await (const chunk of createReadStream(path, { end: LIMITS.messageBytes }))
    chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** RFC 4155: a line `From ` after an empty one begins a message. */
async function* readMailbox(path: string): AsyncGenerator<SourceMessage> {
  let number = 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let wasEmpty = true;
  for await (const line of readLines(path)) {
    if (wasEmpty && line.subarray(0, FROM.length).equals(FROM) && keptBytes > 0) {
      number += 1;
      yield { place: `${path} message ${String(number)}`, bytes: Buffer.concat(kept) };
      kept = [];
      keptBytes = 0;
    }
    wasEmpty = line.length <= 2 && line.toString('latin1').trim() === '';
    if (keptBytes <= LIMITS.messageBytes) {
      kept.push(line);
      keptBytes += line.length;
    }
  }
  if (keptBytes > 0) yield { place: `${path} message ${String(number + 1)}`, bytes: Buffer.concat(kept) };
}

/** Lines with their ends; one without an end is given out in pieces of a chunk. */
async function* readLines(path: string): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    let rest = Buffer.concat([pending, chunk as Buffer]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 65_536) {
      yield rest;
      rest = Buffer.alloc(0);
    }
    pending = rest;
  }
  if (pending.length > 0) yield pending;
}
