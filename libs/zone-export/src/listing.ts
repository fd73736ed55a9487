import { formatSubject, hashLabel, type Subject } from '@sekisho/subject';
import {
  QuestionKey,
  summaryOfCodes,
  testCode,
  type ReturnCode,
  type ZoneName,
  type ZoneSnapshot,
} from '@sekisho/zone';
import type { ExportOptions } from './export-options.js';

/** An entry as its zone file has it. No codes: never listed, whatever is listed around it. */
export interface Listing {
  readonly subject: Subject;
  readonly codes: readonly ReturnCode[];
}

/** Everything of RFC 5782 section 5 that any zone has: 127.0.0.1 to .10, and the names `test` and `invalid`. */
const TEST_HOSTS = Array.from({ length: 10 }, (_, i) => i + 1);
const TEST_NAMES = ['test', 'invalid'];

/** The test entries of a zone. */
function testListings(zone: ZoneName): Listing[] {
  const key = new QuestionKey();
  const listings: Listing[] = [];
  const take = (subject: Subject, labels: readonly string[]): void => {
    const wire = wireOf(labels);
    const code = testCode(key.read(zone, wire, 0, wire.length), zone);
    if (code !== undefined) listings.push({ subject, codes: code === 0 ? [] : [code] });
  };
  for (const host of TEST_HOSTS) {
    take({ type: 'ip', value: `127.0.0.${host}` }, [String(host), '0', '0', '127']);
  }
  for (const name of TEST_NAMES) take({ type: 'domain', value: name }, [name]);
  return listings;
}

function wireOf(labels: readonly string[]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label) => [label.length, ...Array.from(label, (character) => character.charCodeAt(0))]),
  );
}

/** The entries of a snapshot in its order, with the zone's test entries in the place of what it says of them. */
export function listingsOf(snapshot: ZoneSnapshot): Listing[] {
  const tests = testListings(snapshot.zone);
  const taken = new Set(tests.map(({ subject }) => formatSubject(subject)));
  return [...tests, ...snapshot.entries.filter(({ subject }) => !taken.has(formatSubject(subject)))];
}

/** The name `test` and `invalid` are single names: nothing below them is meant. */
export const isTestName = ({ type, value }: Subject): boolean =>
  type === 'domain' && TEST_NAMES.includes(value);

/** The line of a TXT record about a subject. */
export function explanation(
  codes: readonly ReturnCode[],
  subject: string,
  { publicUrl }: ExportOptions,
): string {
  return `${summaryOfCodes(codes)}: ${publicUrl}/?subject=${subject}`;
}

/** A subject as the URL of an explanation has it. */
export const subjectInUrl = (subject: Subject): string =>
  encodeURIComponent(formatSubject(subject)).replaceAll('%3A', ':');

/** The label of a hash, lower case as all names are written. */
export const hashName = ({ value }: Subject): string => hashLabel(value).toLowerCase();
