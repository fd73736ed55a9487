// RFC 5322 section 2.2: header fields. Tolerant of what is seen: bare LF, a line that is no field, 8-bit bytes.
import { LIMITS } from './limits.js';

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, cut at the limit of characters. */
  readonly value: string;
}

const utf8 = new TextDecoder('utf-8');

export const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes);

/** The fields of a header block in their order. Total; within the limits. */
export function parseHeaderFields(block: Uint8Array): HeaderField[] {
  return parseFieldLines(decodeUtf8(block.subarray(0, LIMITS.headerBytes)));
}

export function parseFieldLines(text: string): HeaderField[] {
  const fields: { name: string; pieces: string[]; length: number }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (!last || last.length > LIMITS.fieldCharacters) continue;
      last.pieces.push(line.trim());
      last.length += line.length;
      continue;
    }
    if (fields.length >= LIMITS.headerFields) break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!/^[\x21-\x39\x3b-\x7e]{1,100}$/.test(name)) continue;
    const value = line.slice(colon + 1).trim();
    fields.push({ name: name.toLowerCase(), pieces: [value], length: value.length });
  }
  return fields.map(({ name, pieces }) => ({
    name,
    value: pieces.join(' ').slice(0, LIMITS.fieldCharacters),
  }));
}

export const firstField = (fields: readonly HeaderField[], name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value;

/** `text/plain; charset="x"`: the token before the first semicolon and the parameters, names in lower case. */
export function parseParameters(value: string): { token: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>();
  const semicolon = value.indexOf(';');
  const token = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().split(/\s/, 1)[0] ?? '';
  const rest = semicolon < 0 ? '' : value.slice(semicolon, semicolon + 4_096);
  for (const [, name = '', quoted, bare] of rest.matchAll(/([\w*!#$&.+-]{1,64})=(?:"([^"]*)"|([^\s;"]+))/g)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted ?? bare ?? '');
  }
  return { token: token.toLowerCase(), parameters };
}

/** Milliseconds since 1970 of an RFC 5322 date, or of ISO 8601; undefined when it is no date. */
export function parseDate(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 200) return undefined;
  const time = Date.parse(
    text
      .replace(/\([^)]*\)/g, '')
      .replace(/\bUT\b/, 'UTC')
      .trim(),
  );
  return Number.isNaN(time) ? undefined : time;
}
