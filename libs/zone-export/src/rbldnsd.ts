// Data files for rbldnsd(8), type `combined`, since one zone may hold addresses, names and hashes.
import { formatReturnCode, type ReturnCode, type ZoneSnapshot } from '@sekisho/zone';
import { originOf, TIMING, type ExportOptions } from './export-options.js';
import { explanation, hashName, isTestName, listingsOf, subjectInUrl, type Listing } from './listing.js';
import { isHost, isIpv4, prefixKey, prefixOf, type Prefix } from './network.js';

interface Placed {
  readonly listing: Listing;
  readonly prefix: Prefix;
}

/**
 * The lines of the file; it is loaded as `ZONE:combined:FILE`.
 *
 * A trie has one value a prefix, so the second code of an entry is in a second trie, and so on. There an entry with
 * fewer codes stands as an exclusion when a network around it has more.
 */
export function* rbldnsdLines(snapshot: ZoneSnapshot, options: ExportOptions): Generator<string> {
  const { apex } = options;
  // 0 would mean the file's time, which every mirror has its own of.
  const serial = options.serial || 1;
  const template = { ...options, publicUrl: options.publicUrl.replaceAll('$', '$$$$') };
  const { ttl, refresh, retry, expire, minimum } = TIMING;
  const listings = listingsOf(snapshot);
  yield `# ${originOf(snapshot.zone, options)}: load it as ${originOf(snapshot.zone, options)}:combined:FILE`;
  yield `$SOA ${ttl} ns1.${apex} hostmaster.${apex} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  yield `$NS ${ttl} ns1.${apex}`;
  yield `$TTL ${ttl}`;
  const placed = listings
    .filter(({ subject }) => subject.type === 'ip' || subject.type === 'network')
    .map((listing) => ({ listing, prefix: prefixOf(listing.subject) }));
  yield* tries(
    'ip4trie',
    placed.filter(({ prefix }) => isIpv4(prefix)),
    template,
  );
  yield* tries(
    'ip6trie',
    placed.filter(({ prefix }) => !isIpv4(prefix)),
    template,
  );
  yield* names(listings, template);
}

function* tries(type: string, entries: readonly Placed[], options: ExportOptions): Generator<string> {
  const depth = entries.reduce((most, { listing }) => Math.max(most, listing.codes.length), 0);
  for (let place = 0; place < depth; place++) {
    yield `$DATASET ${type} @`;
    const networks = new Set(
      entries
        .filter(({ listing, prefix }) => listing.codes.length > place && !isHost(prefix))
        .map(({ prefix }) => prefixKey(prefix, prefix.length)),
    );
    for (const { listing, prefix } of entries) {
      const code = listing.codes[place];
      // Prefixes written without their final dotted quad: rbldnsd reads no other form of IPv6.
      const text = listing.subject.value;
      if (code !== undefined) yield `${text} ${value(code, explanation(listing.codes, SUBJECT, options))}`;
      else if (isInside(prefix, networks)) yield `!${text}`;
    }
  }
}

/** Stands for the address asked for, in a template. */
const SUBJECT = '$';

const value = (code: ReturnCode, text: string): string => `:${formatReturnCode(code)}:${text}`;

function isInside(prefix: Prefix, networks: ReadonlySet<string>): boolean {
  if (networks.size === 0) return false;
  for (let length = prefix.length - 1; length >= 0; length--) {
    if (networks.has(prefixKey(prefix, length))) return true;
  }
  return false;
}

function* names(listings: readonly Listing[], options: ExportOptions): Generator<string> {
  const hashes = new Set<string>();
  const lines: string[] = [];
  for (const listing of listings) {
    const { subject, codes } = listing;
    if (subject.type === 'ip' || subject.type === 'network') continue;
    const isHash = subject.type !== 'domain';
    const name = isHash ? hashName(subject) : subject.value;
    // A hash that is listed as both is an address first; the order of entries puts it there.
    if (isHash && hashes.has(name)) continue;
    if (isHash) hashes.add(name);
    if (codes.length === 0) lines.push(`!${name}`);
    const isSingle = isHash || isTestName(subject);
    const text = explanation(codes, isHash ? subjectInUrl(subject) : SUBJECT, options);
    for (const code of codes) lines.push(`${isSingle ? '' : '.'}${name} ${value(code, text)}`);
  }
  if (lines.length > 0) yield '$DATASET dnset @';
  yield* lines;
}
