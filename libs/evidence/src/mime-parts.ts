// RFC 2045 and 2046: the leaves of a message's part tree, in their order, by one pass over the bytes.
import { firstField, parseHeaderFields, parseParameters, type HeaderField } from './header-fields.js';
import { LIMITS } from './limits.js';
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.js';

export interface MimePart {
  readonly fields: readonly HeaderField[];
  /** Lower case. */
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly disposition: string;
  readonly name: string | undefined;
  /** As it stands in the message, not decoded. */
  readonly raw: Uint8Array;
}

export type PartTree =
  | { readonly fields: readonly HeaderField[]; readonly parts: readonly MimePart[] }
  | { readonly skipped: 'too-many-parts' | 'nested-too-deeply' };

class TreeTooLarge extends Error {
  constructor(readonly reason: 'too-many-parts' | 'nested-too-deeply') {
    super(reason);
  }
}

/** Embedded messages stay whole: they are leaves of type message/rfc822. */
export function splitParts(bytes: Uint8Array): PartTree {
  const parts: MimePart[] = [];
  try {
    const { fields, body } = splitHeader(bytes);
    new Collector(bytes, parts).collect(fields, body, 0, 'text/plain');
    return { fields, parts };
  } catch (error) {
    if (error instanceof TreeTooLarge) return { skipped: error.reason };
    throw error;
  }
}

/** The header block ends at the first empty line (RFC 5322 section 2.1). */
export function splitHeader(bytes: Uint8Array): { fields: HeaderField[]; body: Uint8Array } {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    if (end === start || (end === start + 1 && bytes[start] === 0x0d)) {
      return { fields: parseHeaderFields(bytes.subarray(0, start)), body: bytes.subarray(end + 1) };
    }
    start = end + 1;
  }
  return { fields: parseHeaderFields(bytes), body: bytes.subarray(bytes.length) };
}

/** Where a line begins with two hyphens is looked up once: nested parts would otherwise be searched again at every depth. */
class Collector {
  private hyphens: readonly number[] | undefined;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly parts: MimePart[],
  ) {}

  collect(fields: readonly HeaderField[], body: Uint8Array, depth: number, fallback: string): void {
    if (depth > LIMITS.depth) throw new TreeTooLarge('nested-too-deeply');
    const { token, parameters } = parseParameters(firstField(fields, 'content-type') ?? fallback);
    const boundary = parameters.get('boundary');
    if (token.startsWith('multipart/') && boundary) {
      const inner = token === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
      for (const section of this.sections(body, boundary)) {
        const part = splitHeader(section);
        this.collect(part.fields, part.body, depth + 1, inner);
      }
      return;
    }
    if (this.parts.length >= LIMITS.parts) throw new TreeTooLarge('too-many-parts');
    const disposition = parseParameters(firstField(fields, 'content-disposition') ?? '');
    this.parts.push({
      fields,
      mediaType: token.includes('/') ? token : 'text/plain',
      parameters,
      disposition: disposition.token,
      name: disposition.parameters.get('filename') ?? parameters.get('name'),
      raw: body,
    });
  }

  private *sections(body: Uint8Array, boundary: string): Generator<Uint8Array> {
    const mark = new TextEncoder().encode(`--${boundary.trimEnd()}`);
    const base = body.byteOffset - this.bytes.byteOffset;
    const hyphens = (this.hyphens ??= hyphenLines(this.bytes));
    let sectionStart = -1;
    for (let i = firstAtLeast(hyphens, base); i < hyphens.length; i++) {
      const lineStart = (hyphens[i] ?? 0) - base;
      if (lineStart >= body.length) break;
      if (!startsWith(body, lineStart, mark)) continue;
      const lineFeed = body.indexOf(0x0a, lineStart);
      const lineEnd = lineFeed < 0 ? body.length : lineFeed;
      if (!isMark(body, lineStart, lineEnd, mark)) continue;
      if (sectionStart >= 0) yield body.subarray(sectionStart, lineStart);
      if (body[lineStart + mark.length] === 0x2d) return;
      sectionStart = lineEnd + 1;
    }
    if (sectionStart >= 0 && sectionStart < body.length) yield body.subarray(sectionStart);
  }
}

function hyphenLines(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d && (at === 0 || bytes[at - 1] === 0x0a)) {
      if (starts.length >= LIMITS.hyphenLines) throw new TreeTooLarge('too-many-parts');
      starts.push(at);
    }
  }
  return starts;
}

function firstAtLeast(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startsWith(body: Uint8Array, start: number, mark: Uint8Array): boolean {
  for (let i = 0; i < mark.length; i++) if (body[start + i] !== mark[i]) return false;
  return true;
}

function isMark(body: Uint8Array, start: number, end: number, mark: Uint8Array): boolean {
  if (end - start < mark.length) return false;
  let at = start + mark.length;
  if (body[at] === 0x2d && body[at + 1] === 0x2d) at += 2;
  for (; at < end; at++) if (body[at] !== 0x20 && body[at] !== 0x09 && body[at] !== 0x0d) return false;
  return true;
}

/** The bytes of a part, its transfer encoding undone. */
export function decodePart(part: MimePart, maxBytes = Number.POSITIVE_INFINITY): Uint8Array {
  const encoding = (firstField(part.fields, 'content-transfer-encoding') ?? '').toLowerCase();
  const raw = part.raw.length > maxBytes ? part.raw.subarray(0, maxBytes) : part.raw;
  if (encoding.startsWith('base64')) return decodeBase64(raw);
  if (encoding.startsWith('quoted-printable')) return decodeQuotedPrintable(raw);
  return raw;
}
