// rbldnsd reads lines of at most 32 KiB and takes the beginning of a longer one; a NUL ends a line for it.
const MAX_LINE = 32_768;
const NEWLINE = 0x0a;

export type TakeLine = (bytes: Uint8Array, start: number, end: number, isWhole: boolean) => void;

/** Cuts a stream of octets into lines. Holds at most one line, whatever the stream. */
export class LineSplitter {
  private held = new Uint8Array(0);
  private heldLength = 0;
  private isSkipping = false;

  constructor(private readonly take: TakeLine) {}

  push(chunk: Uint8Array): void {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      if (this.isSkipping) this.isSkipping = newline < 0;
      else if (this.heldLength > 0 || newline < 0) this.hold(chunk, start, end, newline >= 0);
      else if (end - start >= MAX_LINE) this.emit(chunk, start, start + MAX_LINE, false);
      else this.emit(chunk, start, end, true);
      start = end + 1;
    }
  }

  /** The last line. True when the stream ended with a newline, as a whole file does. */
  finish(): boolean {
    const isWhole = this.heldLength === 0 && !this.isSkipping;
    if (this.heldLength > 0) this.emit(this.held, 0, this.heldLength, true);
    this.heldLength = 0;
    this.isSkipping = false;
    return isWhole;
  }

  private hold(chunk: Uint8Array, start: number, end: number, isEnded: boolean): void {
    const taken = Math.min(end - start, MAX_LINE - this.heldLength);
    if (this.heldLength + taken > this.held.length) {
      const grown = new Uint8Array(Math.min(MAX_LINE, (this.heldLength + taken) * 2));
      grown.set(this.held.subarray(0, this.heldLength));
      this.held = grown;
    }
    this.held.set(chunk.subarray(start, start + taken), this.heldLength);
    this.heldLength += taken;
    if (this.heldLength >= MAX_LINE) {
      this.emit(this.held, 0, MAX_LINE, false);
      this.heldLength = 0;
      this.isSkipping = !isEnded;
    } else if (isEnded) {
      this.emit(this.held, 0, this.heldLength, true);
      this.heldLength = 0;
    }
  }

  private emit(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    let stop = start;
    while (stop < end && bytes[stop] !== 0) stop++;
    this.take(bytes, start, stop, isWhole);
  }
}
