/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// A zone as the names and codes that a standard secondary is given (RFC 5936); docs/secondaries.md says where its
// answers differ from ours.
import { formatBytes, hashLabel } from '@sekisho/subject';
import {
  expandAddresses,
  IPV4,
  IPV6,
  labelsOfNode,
  networkKey,
  type AddressContent,
  type AddressFamily,
  type ExpandedAddress,
} from './address-expansion.js';
import { expandDomains, type NameContent } from './name-expansion.js';
import { QuestionKey } from './question-key.js';
import type { ReturnCode } from './return-code.js';
import { testCode } from './test-entry.js';
import { isAddressZone, type ZoneName } from './zone-name.js';

/** One name of the expanded zone. */
export interface ExpandedName {
  /** In front of the zone's apex, lower case: `9.113.0.203`, `*.example.com`. */
  readonly owner: string;
  /** Ascending, at least one. */
  readonly codes: readonly ReturnCode[];
  /** The subject as people write it: of a wildcard, the network or domain that it stands for. */
  readonly about: string;
}

/** What is listed, in keys that expansion works on; each value is a set of codes. */
export interface ExpandableContent<T> {
  readonly ipv4: AddressContent<T>;
  readonly ipv6: AddressContent<T>;
  readonly names: NameContent<T>;
  /** By 64 hex digits. */
  readonly hashes: Iterable<readonly [string, ListedHash<T>] | undefined>;
}

export interface ListedHash<T> {
  readonly type: 'address' | 'fingerprint';
  readonly value: T;
}

/**
 * The content of a zone that is expanded: codes as they are, or what `codesOf` makes into codes; undefined where there
 * may be a pause.
 */
export function* expandContent<T>(
  zone: ZoneName,
  content: ExpandableContent<T>,
  codesOf: (value: T) => readonly ReturnCode[],
): Generator<ExpandedName | undefined> {
  const resolve = (value: T | TestCodes) => (value instanceof TestCodes ? value.codes : codesOf(value));
  if (isAddressZone(zone)) {
    const tests = testAddresses(zone);
    const mapped = new Map(Array.from(tests, ([digits, codes]) => [`${MAPPED}${digits}`, codes]));
    for (const found of expandAddresses<T | TestCodes>(IPV4, content.ipv4, tests)) {
      yield found && ofAddress(found, IPV4, resolve(found.value));
    }
    for (const found of expandAddresses<T | TestCodes>(IPV6, content.ipv6, mapped)) {
      yield found && ofAddress(found, IPV6, resolve(found.value));
    }
  }
  for (const found of expandDomains<T | TestCodes>(content.names, testNames(zone))) {
    if (!found) {
      yield undefined;
      continue;
    }
    const { name, isWildcard, value } = found;
    yield { owner: isWildcard ? `*.${name}` : name, codes: resolve(value), about: name };
  }
  for (const found of content.hashes) {
    if (!found) {
      yield undefined;
      continue;
    }
    const [hex, { type, value }] = found;
    yield { owner: hashLabel(hex).toLowerCase(), codes: codesOf(value), about: `${type}:${hex}` };
  }
}

function ofAddress(
  { node, isWildcard }: ExpandedAddress<unknown>,
  family: AddressFamily,
  codes: readonly ReturnCode[],
): ExpandedName {
  const labels = labelsOfNode(node, family);
  const address =
    family === IPV4
      ? [...Array<string>(4 - labels.length).fill('0'), ...labels].reverse().join('.')
      : formatDigits(node.padEnd(32, '0'));
  return isWildcard
    ? { owner: ['*', ...labels].join('.'), codes, about: `${address}/${node.length * 4}` }
    : { owner: labels.join('.'), codes, about: address };
}

function formatDigits(digits: string): string {
  if (digits.startsWith(MAPPED) && digits.length === 32) return formatDigits(digits.slice(24));
  return formatBytes(
    Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
      Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
    ),
  );
}

/** ::ffff:0:0/96 */
const MAPPED = '00000000000000000000ffff';
const LOOPBACK = 0x7f00_0000;

/** The codes of a test entry, apart from whatever stands for codes elsewhere. */
export class TestCodes {
  constructor(readonly codes: readonly ReturnCode[]) {}
}

function testAddresses(zone: ZoneName): Map<string, TestCodes | undefined> {
  const tests = new Map<string, TestCodes | undefined>();
  const key = new QuestionKey();
  key.kind = 'ipv4';
  for (let last = 0; last < 256; last++) {
    key.words[0] = LOOPBACK + last;
    const code = testCode(key, zone);
    if (code !== undefined)
      tests.set(digitsOfWord(LOOPBACK + last), code === 0 ? undefined : new TestCodes([code]));
  }
  return tests;
}

function testNames(zone: ZoneName): Map<string, TestCodes | undefined> {
  const tests = new Map<string, TestCodes | undefined>();
  for (const label of ['test', 'invalid']) {
    const bytes = Uint8Array.from([label.length, ...Array.from(label, (letter) => letter.charCodeAt(0))]);
    const code = testCode(new QuestionKey().read(zone, bytes, 0, bytes.length), zone);
    if (code !== undefined) tests.set(label, code === 0 ? undefined : new TestCodes([code]));
  }
  return tests;
}

export const digitsOfWord = (word: number): string => word.toString(16).padStart(8, '0');

export function digitsOfWords(words: Uint32Array, at: number, count: number): string {
  let digits = '';
  for (let i = 0; i < count; i++) digits += digitsOfWord(words[at + i]!);
  return digits;
}

export const networkKeyOfWords = (words: Uint32Array, at: number, count: number, length: number): string =>
  networkKey(digitsOfWords(words, at, count), length);

/* eslint-enable @typescript-eslint/no-non-null-assertion */
