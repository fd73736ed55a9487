// Return codes: RFC 5782 section 2.3 (values inside 127.0.0.0/8, never used as an address).
// Listings are 127.0.S.C, scores 127.1.S.K; 127.255.255.0/24 is for errors and never a listing.
import type { Category } from '@sekisho/report';
import type { SubjectType } from '@sekisho/subject';

/** A return code as an unsigned 32-bit number, network order: 127.0.91.3 is 0x7f005b03. */
export type ReturnCode = number;

export type Verdict =
  | { readonly score: number; readonly category: Category; readonly type: SubjectType }
  | { readonly score: number; readonly confidence: number };

/** Error answers: each is an address that no listing ever has. */
export const WRONG_ZONE: ReturnCode = 0x7fff_fffc;
export const NO_ACCESS: ReturnCode = 0x7fff_fffe;
export const TOO_MANY_QUERIES: ReturnCode = 0x7fff_ffff;

const ADDRESS_NUMBERS: Partial<Record<Category, number>> = {
  'spam-source': 2,
  zombie: 3,
  'malware-sender': 4,
  harvester: 5,
  'backscatter-source': 6,
  phishing: 7,
  // A network cannot tell a subscriber who hops from any other source of spam.
  'hit-and-run': 2,
  'dynamic-range': 10,
};
const DOMAIN_NUMBERS: Partial<Record<Category, number>> = {
  'forged-domain': 20,
  'spam-domain': 21,
  phishing: 22,
};
const HASHED_ADDRESS = 30;
const FINGERPRINT = 31;

const NAMES: Readonly<Record<number, string>> = {
  2: 'spam-source',
  3: 'zombie',
  4: 'malware-sender',
  5: 'harvester',
  6: 'backscatter-source',
  7: 'phishing',
  10: 'dynamic-range',
  20: 'forged-domain',
  21: 'spam-domain',
  22: 'phishing',
  30: 'dropbox-address',
  31: 'campaign-fingerprint',
};

/** C of 127.0.S.C; undefined when the category is not published for that type (`ham`, any `subscriber`). */
export function categoryNumber(category: Category, type: SubjectType): number | undefined {
  if (category === 'ham') return undefined;
  switch (type) {
    case 'ip':
    case 'network':
      return ADDRESS_NUMBERS[category];
    case 'domain':
      return DOMAIN_NUMBERS[category];
    case 'address':
      return HASHED_ADDRESS;
    case 'fingerprint':
      return FINGERPRINT;
    case 'subscriber':
      return undefined;
  }
}

/** The name that a TXT record shows for C. */
export const categoryName = (number: number): string => NAMES[number] ?? `category ${number}`;

const percent = (value: number): number => Math.round(Math.min(100, Math.max(0, value)));

/**
 * The 32-bit return code of a verdict; scores and confidences are rounded and kept in 0 to 100.
 * @throws {RangeError} for a category that is not published for the type: ask categoryNumber first.
 */
export function packReturnCode(verdict: Verdict): ReturnCode {
  if ('confidence' in verdict) {
    return 0x7f01_0000 + percent(verdict.score) * 256 + percent(verdict.confidence);
  }
  const number = categoryNumber(verdict.category, verdict.type);
  if (number === undefined) {
    throw new RangeError(`category ${verdict.category} has no return code for a ${verdict.type}`);
  }
  return 0x7f00_0000 + percent(verdict.score) * 256 + number;
}

/** `127.0.S.C` or, with a confidence, `127.1.S.K`. @throws {RangeError} as packReturnCode */
export const encodeReturnCode = (verdict: Verdict): string => formatReturnCode(packReturnCode(verdict));

export function formatReturnCode(code: ReturnCode): string {
  return `${code >>> 24}.${(code >>> 16) & 255}.${(code >>> 8) & 255}.${code & 255}`;
}

/** The 32-bit form of `127.0.91.3`; undefined when the text is no listing or score code. */
export function parseReturnCode(text: string): ReturnCode | undefined {
  const match = /^127\.([01])\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (!match) return undefined;
  const third = Number(match[2]);
  const fourth = Number(match[3]);
  const code = (match[1] === '1' ? 0x7f01_0000 : 0x7f00_0000) + third * 256 + fourth;
  return third <= 255 && fourth <= 255 && isListingCode(code) ? code : undefined;
}

/** Whether a code may stand in a zone: 127.0.S.C or 127.1.S.K in range, so never an error answer. */
export function isListingCode(code: ReturnCode): boolean {
  const last = code & 255;
  if (((code >>> 8) & 255) > 100) return false;
  switch (code >>> 16) {
    case 0x7f00:
      return last >= 2 && last <= 254;
    case 0x7f01:
      return last <= 100;
    default:
      return false;
  }
}

export type DecodedReturnCode =
  | { readonly kind: 'listing'; readonly score: number; readonly category: number }
  | { readonly kind: 'score'; readonly score: number; readonly confidence: number }
  | { readonly kind: 'error'; readonly error: 'wrong-zone' | 'no-access' | 'too-many-queries' | 'unknown' };

/** What a client may read from an A record; everything that is not a code of ours is an error, never a listing. */
export function decodeReturnCode(code: ReturnCode): DecodedReturnCode {
  if (isListingCode(code)) {
    const score = (code >>> 8) & 255;
    const last = code & 255;
    return code >>> 16 === 0x7f00
      ? { kind: 'listing', score, category: last }
      : { kind: 'score', score, confidence: last };
  }
  switch (code) {
    case WRONG_ZONE:
      return { kind: 'error', error: 'wrong-zone' };
    case NO_ACCESS:
      return { kind: 'error', error: 'no-access' };
    case TOO_MANY_QUERIES:
      return { kind: 'error', error: 'too-many-queries' };
    default:
      return { kind: 'error', error: 'unknown' };
  }
}
