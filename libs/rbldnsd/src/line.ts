/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
export const COLON = 0x3a;
export const DOLLAR = 0x24;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const DASH = 0x2d;
export const BANG = 0x21;
export const STAR = 0x2a;
export const EQUALS = 0x3d;
export const AT = 0x40;
export const BACKSLASH = 0x5c;

/** Blank and tab; a carriage return is no space to rbldnsd, so it is none here. */
export const isSpace = (octet: number): boolean => octet === 0x20 || octet === 0x09;
/** `#` or `;` */
export const isCommentSign = (octet: number): boolean => octet === 0x23 || octet === 0x3b;
export const isDigit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39;
/** ASCII only (RFC 4343). */
export const lowerCase = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet);

/** A place in one line of a file. One object is reused for every line, so reading a line allocates nothing. */
export class Line {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  /** Takes bytes[start…end) without the blanks around it. */
  set(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.skipSpace();
    while (this.end > this.at && isSpace(bytes[this.end - 1]!)) this.end--;
    return this;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** The octet here or further on; -1 behind the end. */
  peek(ahead = 0): number {
    const at = this.at + ahead;
    return at < this.end ? this.bytes[at]! : -1;
  }

  skipSpace(): void {
    while (this.at < this.end && isSpace(this.bytes[this.at]!)) this.at++;
  }

  /** Where the word that starts here ends. */
  wordEnd(): number {
    let at = this.at;
    while (at < this.end && !isSpace(this.bytes[at]!)) at++;
    return at;
  }

  /** The word that starts here, and goes on behind it and the blanks that follow. Octets as characters U+00…U+FF. */
  word(): string {
    const end = this.wordEnd();
    const text = textOf(this.bytes, this.at, end);
    this.at = end;
    this.skipSpace();
    return text;
  }

  /** Nothing more than a comment, or nothing at all. */
  get isDone(): boolean {
    return this.isAtEnd || isCommentSign(this.peek());
  }

  /** What may follow an address: the end, a blank, a comment or a value. */
  get isBoundary(): boolean {
    const next = this.peek();
    return next < 0 || isSpace(next) || isCommentSign(next) || next === COLON;
  }
}

/** Octets as characters U+00…U+FF. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
