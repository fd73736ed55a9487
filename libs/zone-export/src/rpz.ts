// Response policy zones: draft-vixie-dnsop-dns-rpz-00, triggers QNAME and IP, action NXDOMAIN.
import type { ZoneSnapshot } from '@sekisho/zone';
import { NotExportable } from './errors.js';
import { masterHead, type ExportOptions } from './export-options.js';
import { prefixOf, type Prefix } from './network.js';

/** Answers NXDOMAIN. */
const ACTION = 'CNAME .';

/** The name of the policy zone of a zone, without final dot: never asked for, only loaded. */
export const policyOrigin = (zone: string, { apex }: ExportOptions): string => `${zone}.rpz.${apex}`;

/**
 * The lines of the file: what is listed gets NXDOMAIN from a resolver that loads it. Test entries are left out: an
 * answer with 127.0.0.2 is how other lists say "listed".
 * @throws {NotExportable} for hashes, which no resolver sees, and scores, which are no listings
 */
export function* rpzLines(snapshot: ZoneSnapshot, options: ExportOptions): Generator<string> {
  if (snapshot.zone === 'hash' || snapshot.zone === 'score') {
    throw new NotExportable(`zone ${snapshot.zone} has no form as a response policy`);
  }
  yield* masterHead(policyOrigin(snapshot.zone, options), options);
  const domains = new Set(
    snapshot.entries.flatMap(({ subject }) => (subject.type === 'domain' ? [subject.value] : [])),
  );
  for (const { subject } of snapshot.entries) {
    if (subject.type === 'domain') {
      // RFC 4592: a name below a wildcard would take its own neighbours out of it. The wildcard covers it anyway.
      if (isBelowOne(subject.value, domains)) continue;
      yield `${subject.value} ${ACTION}`;
      yield `*.${subject.value} ${ACTION}`;
    } else yield `${trigger(prefixOf(subject))}.rpz-ip ${ACTION}`;
  }
}

function isBelowOne(domain: string, domains: ReadonlySet<string>): boolean {
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    if (domains.has(domain.slice(dot + 1))) return true;
  }
  return false;
}

/** `24.0.2.0.192`, `48.zz.1.db8.2001`: the prefix length, then octets or words from the last. */
function trigger({ bytes, length }: Prefix): string {
  if (bytes.length === 4) return [length, ...Array.from(bytes).reverse()].join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  const { start, count } = longestZeros(words);
  const shown = words.map((word) => word.toString(16));
  if (count > 1) shown.splice(start, count, 'zz');
  return [length, ...shown.reverse()].join('.');
}

function longestZeros(words: readonly number[]): { start: number; count: number } {
  let best = { start: 0, count: 0 };
  for (let start = 0; start < words.length; start++) {
    let count = 0;
    while (words[start + count] === 0) count++;
    if (count > best.count) best = { start, count };
  }
  return best;
}
