export interface ByteLine {
  /** Without its line end; cut at the limit. */
  readonly bytes: Buffer;
  /** Bytes from the start of the input to behind the line's end. */
  readonly end: number;
  readonly isCut: boolean;
  /** False for a last line without a line end: somebody may still be writing it. */
  readonly isEnded: boolean;
}

const LINE_FEED = 0x0a;

/** Cuts a stream at its line feeds. Holds one chunk and at most `limitBytes` of one line, however long the line is. */
export async function* readByteLines(
  chunks: AsyncIterable<Buffer>,
  { from = 0, limitBytes }: { from?: number; limitBytes: number },
): AsyncGenerator<ByteLine, void, undefined> {
  let pieces: Buffer[] = [];
  let held = 0;
  let length = 0;
  let end = from;
  const hold = (piece: Buffer) => {
    const kept = piece.subarray(0, limitBytes - held);
    if (kept.length > 0) pieces.push(kept);
    held += kept.length;
    length += piece.length;
    end += piece.length;
  };
  const take = (isEnded: boolean): ByteLine => {
    const [first = Buffer.alloc(0)] = pieces;
    const bytes = pieces.length > 1 ? Buffer.concat(pieces) : first;
    const line = { bytes, end, isCut: length > held, isEnded };
    pieces = [];
    held = length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let at = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, at)) {
      hold(chunk.subarray(at, feed));
      end += 1;
      yield take(true);
      at = feed + 1;
    }
    hold(chunk.subarray(at));
  }
  if (length > 0) yield take(false);
}
