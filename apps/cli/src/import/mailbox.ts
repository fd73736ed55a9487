// mbox: RFC 4155 and its relatives. A message begins at a line `From ` behind an empty line or at the start.
import { LIMITS } from '@sekisho/evidence';
import { readByteLines } from './byte-lines.js';

export interface MailboxMessage {
  /** Cut one byte behind what is read of one message. */
  readonly bytes: Buffer;
  /** Bytes from the start of the mailbox to the next message. */
  readonly end: number;
  /** Without its line end; empty when it was too long. */
  readonly lastLine: Buffer;
}

const FROM = Buffer.from('From ');
const FEED = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);

/** Streams the messages; holds one at a time, and no more of it than is read. */
export async function* readMailbox(
  chunks: AsyncIterable<Buffer>,
  from = 0,
): AsyncGenerator<MailboxMessage, void, undefined> {
  let pieces: Buffer[] = [];
  let held = 0;
  let end = from;
  let wasEmpty = true;
  let lastLine: Buffer = NOTHING;
  const take = (): MailboxMessage => {
    const message = { bytes: Buffer.concat(pieces), end, lastLine };
    pieces = [];
    held = 0;
    return message;
  };
  for await (const line of readByteLines(chunks, { from, limitBytes: LIMITS.messageBytes })) {
    if (wasEmpty && line.bytes.subarray(0, 5).equals(FROM) && held > 0) yield take();
    const isEmpty = line.bytes.length === 0 || (line.bytes.length === 1 && line.bytes[0] === 0x0d);
    // Where an earlier run stopped, the empty line before the next message comes first.
    if ((held > 0 || !isEmpty) && held <= LIMITS.messageBytes) {
      pieces.push(line.bytes, FEED);
      held += line.bytes.length + 1;
    }
    end = line.end;
    lastLine = line.isCut ? NOTHING : line.bytes;
    wasEmpty = isEmpty;
  }
  if (held > 0) yield take();
}
