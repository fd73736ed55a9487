// Zone files of RFC 1035 section 5 for name servers that know nothing of address lists.
import { formatReturnCode, type ZoneSnapshot } from '@sekisho/zone';
import { masterHead, originOf, type ExportOptions } from './export-options.js';
import { explanation, hashName, isTestName, listingsOf, subjectInUrl, type Listing } from './listing.js';
import { NameTree, type OwnerRecords } from './name-tree.js';
import { isHost, prefixOf, type Prefix } from './network.js';

/** A character-string holds 255 octets. */
const MAX_STRING = 255;

/** The lines of the file. Networks are wildcards, or single names where a wildcard would say too much. */
export function* bindLines(snapshot: ZoneSnapshot, options: ExportOptions): Generator<string> {
  yield* masterHead(originOf(snapshot.zone, options), options);
  const listings = listingsOf(snapshot);
  const addresses = new NameTree(false);
  // The longest network first: what was set first stays.
  const placed = listings
    .filter(({ subject }) => subject.type === 'ip' || subject.type === 'network')
    .map((listing) => ({ listing, prefix: prefixOf(listing.subject) }));
  const byLength = placed.toSorted((a, b) => b.prefix.length - a.prefix.length);
  for (const { listing, prefix } of byLength) {
    if (isHost(prefix)) addresses.setOwn(labelsOf(prefix), recordsOf(listing, options));
    else if (coversLoopback(prefix)) yield `; left out, as it covers 127.0.0.1: ${listing.subject.value}`;
    else placeNetwork(addresses, listing, prefix, options);
  }
  for (const [owner, records] of addresses.owners()) yield* recordLines(owner, records);
  for (const [owner, records] of nameTree(listings, options).owners()) yield* recordLines(owner, records);
}

function nameTree(listings: readonly Listing[], options: ExportOptions): NameTree {
  const tree = new NameTree(true);
  for (const listing of listings) {
    const { subject } = listing;
    if (subject.type === 'ip' || subject.type === 'network') continue;
    const records = recordsOf(listing, options);
    const isHash = subject.type !== 'domain';
    const labels = isHash ? [hashName(subject)] : subject.value.split('.').reverse();
    tree.setOwn(labels, records);
    if (!isHash && !isTestName(subject)) tree.setBelow(labels, records);
  }
  return tree;
}

const recordsOf = ({ subject, codes }: Listing, options: ExportOptions): OwnerRecords => ({
  codes,
  text: codes.length === 0 ? '' : explanation(codes, subjectInUrl(subject), options),
});

function* recordLines(owner: string, { codes, text }: OwnerRecords): Generator<string> {
  for (const code of codes) yield `${owner} A ${formatReturnCode(code)}`;
  yield `${owner} TXT ${quoted(text)}`;
}

function quoted(text: string): string {
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < text.length; at += MAX_STRING)
    strings.push(text.slice(at, at + MAX_STRING));
  return strings.map((part) => `"${part.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
}

const coversLoopback = ({ bytes, length }: Prefix): boolean =>
  bytes.length === 4 && length <= 8
    ? bytes[0] === 127 || length < 8
    : bytes.length === 4 && coversFirst(bytes, length);

/** Whether a network of over eight bits holds 127.0.0.1. */
function coversFirst(bytes: Uint8Array, length: number): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return a === 127 && b === 0 && c === 0 && d <= 1 && length < 32;
}

/** The labels of an address or of the whole labels of a network, from the zone's end. */
function labelsOf({ bytes, length }: Prefix): string[] {
  if (bytes.length === 4) return Array.from(bytes.subarray(0, length / 8), String);
  const nibbles = Array.from(bytes).flatMap((octet) => [octet >> 4, octet & 15]);
  return nibbles.slice(0, length / 4).map((nibble) => nibble.toString(16));
}

/**
 * A network as wildcards at whole labels. IPv4 and IPv6 names share the zone (RFC 5782 section 2.4): a wildcard is
 * split as long as it could be the top of names of the other family.
 */
function placeNetwork(tree: NameTree, listing: Listing, prefix: Prefix, options: ExportOptions): void {
  const step = prefix.bytes.length === 4 ? 8 : 4;
  const records = recordsOf(listing, options);
  const split = (start: Prefix): void => {
    const isWhole = start.length % step === 0;
    if (isHost(start)) {
      const { bytes } = start;
      const subject = { type: 'ip', value: bytes.join('.') } as const;
      tree.setOwn(labelsOf(start), {
        codes: records.codes,
        text: explanation(records.codes, subject.value, options),
      });
    } else if (isWhole && !isAmbiguous(labelsOf(start), step)) tree.setBelow(labelsOf(start), records);
    else for (const half of halves(start)) split(half);
  };
  split(prefix);
}

/** Whether names of both families can end in these labels and go on. */
function isAmbiguous(labels: readonly string[], step: number): boolean {
  const areDigits = labels.every((label) => /^\d$/.test(label));
  return areDigits && (step === 8 || labels.length < 4);
}

function halves({ bytes, length }: Prefix): Prefix[] {
  const upper = bytes.slice();
  upper[length >> 3] = (upper[length >> 3] ?? 0) | (0x80 >> (length & 7));
  return [
    { bytes, length: length + 1 },
    { bytes: upper, length: length + 1 },
  ];
}
