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
    collect(fields, body, parts, 0, 'text/plain');
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

function collect(
  fields: readonly HeaderField[],
  body: Uint8Array,
  parts: MimePart[],
  depth: number,
  fallback: string,
): void {
  if (depth > LIMITS.depth) throw new TreeTooLarge('nested-too-deeply');
  const { token, parameters } = parseParameters(firstField(fields, 'content-type') ?? fallback);
  const boundary = parameters.get('boundary');
  if (token.startsWith('multipart/') && boundary) {
    const inner = token === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    for (const section of sections(body, boundary)) {
      const part = splitHeader(section);
      collect(part.fields, part.body, parts, depth + 1, inner);
    }
    return;
  }
  if (parts.length >= LIMITS.parts) throw new TreeTooLarge('too-many-parts');
  const disposition = parseParameters(firstField(fields, 'content-disposition') ?? '');
  parts.push({
    fields,
    mediaType: token.includes('/') ? token : 'text/plain',
    parameters,
    disposition: disposition.token,
    name: disposition.parameters.get('filename') ?? parameters.get('name'),
    raw: body,
  });
}

function* sections(body: Uint8Array, boundary: string): Generator<Uint8Array> {
  const mark = new TextEncoder().encode(`--${boundary.trimEnd()}`);
  let sectionStart = -1;
  let lineStart = 0;
  while (lineStart < body.length) {
    const lineFeed = body.indexOf(0x0a, lineStart);
    const lineEnd = lineFeed < 0 ? body.length : lineFeed;
    if (body[lineStart] === 0x2d && isMark(body, lineStart, lineEnd, mark)) {
      if (sectionStart >= 0) yield body.subarray(sectionStart, lineStart);
      if (body[lineStart + mark.length] === 0x2d) return;
      sectionStart = lineEnd + 1;
    }
    lineStart = lineEnd + 1;
  }
  if (sectionStart >= 0 && sectionStart < body.length) yield body.subarray(sectionStart);
}

function isMark(body: Uint8Array, start: number, end: number, mark: Uint8Array): boolean {
  if (end - start < mark.length) return false;
  for (let i = 0; i < mark.length; i++) if (body[start + i] !== mark[i]) return false;
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
