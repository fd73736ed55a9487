// Warning lists: ranges and domains of mail providers and shared infrastructure. What is on one is scored but listed
// only by a decision of the working group. Whoever can write these lists can shield an abuser, not accuse anybody.
import { parseIp, parseNetwork, parseSubject, SubjectInvalid } from '@sekisho/subject';
import type { Ip, Network, Subject } from '@sekisho/subject';

/** One file of data/warning-lists. */
export interface WarningList {
  readonly name: string;
  readonly description: string;
  readonly origin: string;
  readonly licence: string;
  readonly type: 'cidr' | 'domain';
  /** Addresses and networks, or domains that stand for themselves and everything below them. */
  readonly entries: readonly string[];
}

/** Ready for lookups; made by compileWarningLists. */
export interface WarningLists {
  /** Sorted by first address, without ranges inside others; 4-byte and 16-byte addresses apart. */
  readonly v4: readonly ProtectedRange[];
  readonly v6: readonly ProtectedRange[];
  /** Domain to list name. */
  readonly domains: ReadonlyMap<string, string>;
}

interface ProtectedRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly list: string;
}

export class WarningListInvalid extends Error {
  override readonly name = 'WarningListInvalid';
  readonly code = 'warning-list-invalid';
  readonly kind = 'Rejected';
}

/**
 * @throws {WarningListInvalid} names the list and the entry
 */
export function compileWarningLists(lists: readonly WarningList[]): WarningLists {
  const ranges: ProtectedRange[] = [];
  const domains = new Map<string, string>();
  for (const list of lists) {
    for (const entry of list.entries) {
      try {
        if (list.type === 'cidr') {
          ranges.push({ ...boundsOf(rangeOf(entry)), list: list.name });
        } else {
          const domain = parseSubject('domain', entry).value;
          if (!domains.has(domain)) domains.set(domain, list.name);
        }
      } catch (error) {
        if (!(error instanceof SubjectInvalid)) throw error;
        throw new WarningListInvalid(`warning list ${list.name}: ${error.message}`, { cause: error });
      }
    }
  }
  const ofLength = (length: number) => widestOf(ranges.filter(({ first }) => first.length === length));
  return { v4: ofLength(4), v6: ofLength(16), domains };
}

/**
 * The warning list that protects a subject: an address inside a range, a network that overlaps one, a domain at or
 * below an entry. Other types are never protected.
 */
export function protectionOf(subject: Subject, lists: WarningLists): { list: string } | undefined {
  if (subject.type === 'domain') return protectionOfDomain(subject.value, lists.domains);
  if (subject.type !== 'ip' && subject.type !== 'network') return undefined;
  const { first, last } = boundsOf(rangeOf(subject.value));
  const ranges = first.length === 4 ? lists.v4 : lists.v6;
  const found = lastStartingAtOrBefore(ranges, last);
  return found && compareBytes(found.last, first) >= 0 ? { list: found.list } : undefined;
}

function protectionOfDomain(value: string, domains: ReadonlyMap<string, string>) {
  for (let name = value; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const list = domains.get(name);
    if (list !== undefined) return { list };
  }
  return undefined;
}

const rangeOf = (text: string): Ip | Network => (text.includes('/') ? parseNetwork(text) : parseIp(text));

function boundsOf(range: Ip | Network): { first: Uint8Array; last: Uint8Array } {
  const length = 'prefixLength' in range ? range.prefixLength : range.bytes.length * 8;
  const last = range.bytes.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, length - i * 8))));
  return { first: range.bytes, last };
}

/** CIDR blocks are nested or apart; the widest stand for what lies in them. */
function widestOf(ranges: ProtectedRange[]): ProtectedRange[] {
  ranges.sort((a, b) => compareBytes(a.first, b.first) || compareBytes(b.last, a.last));
  const widest: ProtectedRange[] = [];
  for (const range of ranges) {
    const open = widest.at(-1);
    if (!open || compareBytes(range.first, open.last) > 0) widest.push(range);
  }
  return widest;
}

function lastStartingAtOrBefore(ranges: readonly ProtectedRange[], address: Uint8Array) {
  let found: ProtectedRange | undefined;
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range && compareBytes(range.first, address) <= 0) {
      found = range;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return found;
}

/** Network order of two addresses of one family. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
