// The fingerprint of one message, made at the member, and its wire form. Sizes are argued in docs/campaigns.md.
//   2.MONTH.KIND.SIZE.TEXT.HOSTS.ATTACHMENTS.SKETCH   (version, key epoch, t or s, twice log2 of shingles, then base64url)
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { MAX_TEXT_CHARACTERS, normaliseText } from './normal-text.js';
import { SKETCH_BYTES, sketchOf } from './sketch.js';
import { MAX_MARKUP_CHARACTERS, visibleText } from './visible-text.js';

export const FINGERPRINT_VERSION = 2;
/** Bytes of a short exact digest: 48 bits, one accidental pair among 1 M with probability 0.2 %. */
const DIGEST_BYTES = 6;
/** Fewer different shingles: the text is short, must agree more, and an attached file decides beside it. */
export const SHORT_TEXT_SHINGLES = 40;
/** Fewer words say nothing: "see attachment". No text digest is sent. */
const MIN_WORDS = 6;
/** Hosts that hold pictures or namespaces of everybody. */
const COMMON_HOSTS = new Set(['www.w3.org', 'schemas.microsoft.com', 'localhost']);

/** What a fingerprint is made of; it holds content and stays at the member. */
export interface MessageContent {
  readonly texts: readonly string[];
  readonly htmls: readonly string[];
  readonly attachments: readonly { readonly mediaType: string; readonly sha256: string }[];
}

/** The keys of one month, from the federation's secret. */
export interface FingerprintKey {
  /** `2026-11` */
  readonly month: string;
  readonly shingle: Uint32Array;
  readonly digest: Uint8Array;
}

export interface Fingerprint {
  readonly month: string;
  /** `short`: a few lines. `none`: no text worth comparing. */
  readonly kind: 'text' | 'short' | 'none';
  /** Floor of twice the log2 of the number of different pairs of words: 76 shingles are 12, 256 are 16. */
  readonly sizeClass: number;
  /** Hex digests of 48 bits; undefined when there is nothing to digest. */
  readonly textDigest: string | undefined;
  readonly hostsDigest: string | undefined;
  readonly attachmentsDigest: string | undefined;
  readonly sketch: Uint8Array;
}

export class FingerprintInvalid extends Error {
  override readonly name = 'FingerprintInvalid';
  readonly kind = 'Rejected';
  readonly code = 'fingerprint-malformed';
}

const encoder = new TextEncoder();

/** The keys of a month (`2026-11`) from the federation's secret of at least 16 bytes. @throws {FingerprintInvalid} */
export function fingerprintKey(secret: Uint8Array, month: string): FingerprintKey {
  if (secret.length < 16) throw new FingerprintInvalid('the fingerprint secret is shorter than 16 bytes');
  if (!/^\d{4}-\d\d$/.test(month)) throw new FingerprintInvalid('not a month. Example: 2026-11');
  const derived = hmac(sha256, secret, encoder.encode(`sekisho fingerprint ${month} shingle`));
  const view = new DataView(derived.buffer, derived.byteOffset);
  return {
    month,
    shingle: Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at, true)),
    digest: hmac(sha256, secret, encoder.encode(`sekisho fingerprint ${month} digest`)),
  };
}

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Never throws for any content; within 200 ms whatever the content, as its limits are for all parts together. */
export function fingerprintOf(content: MessageContent, key: FingerprintKey): Fingerprint {
  const { words, hosts } = readContent(content);
  const digest = (label: string, text: string) =>
    toHex(hmac(sha256, key.digest, encoder.encode(`${label}\n${text}`)).subarray(0, DIGEST_BYTES));
  const { values, distinct } = sketchOf(words, key.shingle);
  const kind = words.length < MIN_WORDS ? 'none' : distinct < SHORT_TEXT_SHINGLES ? 'short' : 'text';
  const attachments = content.attachments
    .slice(0, MAX_ATTACHMENTS)
    .map(({ mediaType, sha256: hex }) => `${mediaType} ${hex}`)
    .sort();
  return {
    month: key.month,
    kind,
    sizeClass: Math.floor(2 * Math.log2(Math.max(1, distinct))),
    textDigest: kind === 'none' ? undefined : digest('text', words.join(' ')),
    hostsDigest: hosts.length === 0 ? undefined : digest('hosts', hosts.join(' ')),
    attachmentsDigest: attachments.length === 0 ? undefined : digest('attachments', attachments.join('\n')),
    sketch: kind === 'none' ? new Uint8Array(SKETCH_BYTES) : values,
  };
}

/** The words a comparison sees, and the sorted set of URL hosts. The markup wins over a plain alternative. */
export function readContent(content: MessageContent): { words: readonly string[]; hosts: readonly string[] } {
  let left = MAX_MARKUP_CHARACTERS;
  const pages = content.htmls.slice(0, MAX_PARTS).map((markup) => {
    const page = visibleText(markup, left);
    left -= markup.length;
    return page;
  });
  const page = pages.map(({ text }) => text).join('\n');
  const plain = content.texts
    .slice(0, MAX_PARTS)
    .map((text) => text.slice(0, MAX_TEXT_CHARACTERS))
    .join('\n');
  const fromPage = normaliseText(page);
  const fromPlain = normaliseText(plain);
  const words = fromPage.words.length >= MIN_WORDS ? fromPage.words : [...fromPage.words, ...fromPlain.words];
  const links = [...pages.flatMap((each) => each.links), ...fromPage.urls, ...fromPlain.urls].slice(
    0,
    MAX_LINKS,
  );
  const hosts = new Set(links.map(hostOf).filter((host) => host !== undefined));
  return { words, hosts: [...hosts].sort() };
}
const MAX_PARTS = 20;
const MAX_LINKS = 500;
const MAX_LINK_CHARACTERS = 500;
const MAX_ATTACHMENTS = 1_000;

/** The registered form of a URL's host without a leading `www`; path and query carry what follows a reader. */
function hostOf(link: string): string | undefined {
  const text = link.slice(0, MAX_LINK_CHARACTERS).trim();
  const url = URL.parse(/^www/i.test(text) ? `http://${text}` : text);
  if (!url || !['http:', 'https:', 'ftp:'].includes(url.protocol)) return undefined;
  const host = url.hostname.replace(/^www\d?\./, '').replace(/\.$/, '');
  return host === '' || COMMON_HOSTS.has(url.hostname) ? undefined : host;
}

const KINDS = { text: 't', short: 's', none: 'n' } as const;
const WIRE =
  /^2\.(\d{4}-(?:0\d|1[0-2]))\.([tsn])\.(\d{1,2})\.([0-9a-f]{12})?\.([0-9a-f]{12})?\.([0-9a-f]{12})?\.([\w-]{854})?$/;

/** At most 920 characters of the report's `fingerprint`. */
export function formatFingerprint(fingerprint: Fingerprint): string {
  const { month, kind, sizeClass, textDigest = '', hostsDigest = '', attachmentsDigest = '' } = fingerprint;
  const sketch = kind === 'none' ? '' : base64url(fingerprint.sketch);
  const head = `${FINGERPRINT_VERSION}.${month}.${KINDS[kind]}.${sizeClass}`;
  return `${head}.${textDigest}.${hostsDigest}.${attachmentsDigest}.${sketch}`;
}

/** @throws {FingerprintInvalid} fingerprint-malformed */
export function parseFingerprint(text: string): Fingerprint {
  const found = WIRE.exec(text);
  const letter = found?.[2];
  if (!found || (letter !== 'n') !== (found[7] !== undefined)) {
    throw new FingerprintInvalid('not a fingerprint of version 2');
  }
  return {
    month: found[1] ?? '',
    kind: letter === 't' ? 'text' : letter === 's' ? 'short' : 'none',
    sizeClass: Number(found[3]),
    textDigest: found[4],
    hostsDigest: found[5],
    attachmentsDigest: found[6],
    sketch: found[7] === undefined ? new Uint8Array(SKETCH_BYTES) : fromBase64url(found[7]),
  };
}

/** The value of the report's subject of type `fingerprint`, and the label in hash.Z: SHA-256 of the exact parts, in hex. */
export function fingerprintSubject(fingerprint: Fingerprint): string {
  const { month, textDigest, attachmentsDigest } = fingerprint;
  return toHex(sha256(encoder.encode(`${month} ${textDigest ?? '-'} ${attachmentsDigest ?? '-'}`)));
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const fromBase64url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );
