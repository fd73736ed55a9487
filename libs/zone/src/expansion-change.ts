/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// What a secondary has to take out and put in, computed from the zone as it is and from what changed: only the
// outermost networks and domains around the changes are expanded, as they were and as they are.
import { formatSubject, type Subject } from '@sekisho/subject';
import { networkKey } from './address-expansion.js';
import type { ReturnCode } from './return-code.js';
import { keyOfSubject } from './subject-key.js';
import {
  digitsOfWords,
  expandContent,
  networkKeyOfWords,
  type ExpandableContent,
  type ExpandedName,
  type ListedHash,
} from './zone-expansion.js';
import type { FormerEntry } from './zone-history.js';
import { textOfLabels } from './zone-image.js';
import type { ZoneIndex } from './zone-index.js';
import { wireOfName } from './wire-name.js';
import { Steps, visitAll, type Stretches } from './pause.js';

type Codes = readonly ReturnCode[];

/** A name that is not the same any more; one of the two is there. */
export interface NameChange {
  readonly before: ExpandedName | undefined;
  readonly after: ExpandedName | undefined;
}

/** Beyond this many entries around the changes the whole zone is the better answer. */
const MAX_ENTRIES = 200_000;

class Family {
  readonly exact = new Map<string, Codes>();
  readonly networks = new Map<string, Codes>();

  *copy(): Stretches<Family> {
    const copy = new Family();
    yield* copyInto(copy.exact, this.exact);
    yield* copyInto(copy.networks, this.networks);
    return copy;
  }
}

class State implements ExpandableContent<Codes> {
  constructor(
    readonly ipv4 = new Family(),
    readonly ipv6 = new Family(),
    readonly names = new Map<string, Codes>(),
    readonly hashes = new Map<string, ListedHash<Codes>>(),
  ) {}

  set(subject: Subject, codes: Codes | undefined): void {
    const key = keyOfSubject(subject);
    switch (key.kind) {
      case 'ipv4':
      case 'ipv6':
        put(this[key.kind].exact, digitsOfWords(key.words, 0, key.words.length), codes);
        return;
      case 'network4':
      case 'network6':
        put(
          this[key.kind === 'network4' ? 'ipv4' : 'ipv6'].networks,
          networkKeyOfWords(key.words, 0, key.words.length, key.prefixLength),
          codes,
        );
        return;
      case 'name':
        put(this.names, subject.value, codes);
        return;
      case 'address':
      case 'fingerprint':
        // Set for both types at once by setHash.
        return;
    }
  }

  /** As a lookup finds it: the codes of the address, the text of the fingerprint. */
  setHash(hex: string, address: Codes | undefined, fingerprint: Codes | undefined): void {
    const value = address ?? fingerprint;
    if (value) this.hashes.set(hex, { type: fingerprint ? 'fingerprint' : 'address', value });
  }
}

function* copyInto<K, V>(copy: Map<K, V>, original: ReadonlyMap<K, V>): Stretches<void> {
  const pause = new Steps();
  for (const [key, value] of original) {
    copy.set(key, value);
    if (pause.isDue) yield undefined;
  }
}

/**
 * The names that differ between the zone as it was, given by the former entries, and as it is; the index must not
 * change meanwhile. undefined when so much has to be looked at that the whole zone should be sent.
 */
export function* expandChange(
  index: ZoneIndex,
  former: readonly FormerEntry[],
): Stretches<NameChange[] | undefined> {
  const pause = new Steps();
  const was = new Map<string, FormerEntry>();
  for (const entry of former) {
    was.set(formatSubject(entry.subject), entry);
    if (pause.isDue) yield undefined;
  }
  const after = new State();
  const before = new State();
  for (const { subject } of former) {
    if (pause.isDue) yield undefined;
    after.set(subject, index.codesOfEntry(subject));
    if (subject.type !== 'address' && subject.type !== 'fingerprint') continue;
    const [address, fingerprint] = (['address', 'fingerprint'] as const).map((type) => {
      const one: Subject = { type, value: subject.value };
      const now = index.codesOfEntry(one);
      const entry = was.get(formatSubject(one));
      return { now, then: entry ? entry.codes : now };
    });
    after.setHash(subject.value, address?.now, fingerprint?.now);
    before.setHash(subject.value, address?.then, fingerprint?.then);
  }
  if (!(yield* addSurroundings(index, former, after))) return undefined;
  const names = new Map<string, Codes>();
  yield* copyInto(names, after.names);
  const earlier = new State(yield* after.ipv4.copy(), yield* after.ipv6.copy(), names, before.hashes);
  for (const { subject, codes } of former) {
    earlier.set(subject, codes);
    if (pause.isDue) yield undefined;
  }
  return yield* compare(yield* expanded(index, earlier), yield* expanded(index, after));
}

function* expanded(index: ZoneIndex, state: State): Stretches<Map<string, ExpandedName>> {
  const names = new Map<string, ExpandedName>();
  const pause = new Steps();
  for (const name of expandContent<Codes>(index.zone, state, (codes) => codes)) {
    if (name) names.set(name.owner, name);
    if (!name || pause.isDue) yield undefined;
  }
  return names;
}

function* compare(
  before: Map<string, ExpandedName>,
  after: Map<string, ExpandedName>,
): Stretches<NameChange[]> {
  const changes: NameChange[] = [];
  const pause = new Steps();
  for (const [owner, old] of before) {
    if (pause.isDue) yield undefined;
    const now = after.get(owner);
    if (now?.about !== old.about || now.codes.join() !== old.codes.join()) {
      changes.push({ before: old, after: now });
    }
  }
  for (const [owner, now] of after) {
    if (!before.has(owner)) changes.push({ before: undefined, after: now });
    if (pause.isDue) yield undefined;
  }
  return changes;
}

/** Adds every entry inside the outermost networks and domains around the changes; false when there are too many. */
function* addSurroundings(
  index: ZoneIndex,
  former: readonly FormerEntry[],
  state: State,
): Stretches<boolean> {
  const { tables } = index;
  const pause = new Steps();
  const listedThen = new Set<string>();
  for (const { subject, codes } of former) {
    if (pause.isDue) yield undefined;
    if (!codes) continue;
    const key = keyOfSubject(subject);
    if (key.kind === 'network4' || key.kind === 'network6') {
      listedThen.add(
        `${key.words.length} ${networkKeyOfWords(key.words, 0, key.words.length, key.prefixLength)}`,
      );
    } else if (key.kind === 'name') listedThen.add(subject.value);
  }
  const roots4 = new Roots(1);
  const roots6 = new Roots(4);
  const rootNames = new Set<string>();
  for (const { subject } of former) {
    if (pause.isDue) yield undefined;
    const key = keyOfSubject(subject);
    if (key.kind === 'name') {
      const root = outermostDomain(subject.value, index, listedThen);
      if (root !== undefined) rootNames.add(root);
    } else if (key.kind !== 'address' && key.kind !== 'fingerprint') {
      const width = key.words.length;
      const own = 'prefixLength' in key ? key.prefixLength : width * 32;
      const table = width === 1 ? tables.network4 : tables.network6;
      for (let length = 0; length <= own; length++) {
        const masked = mask(key.words, length);
        const digits = networkKeyOfWords(masked, 0, width, length);
        if (table.get(masked, 0, length) === 0 && !listedThen.has(`${width} ${digits}`)) continue;
        (width === 1 ? roots4 : roots6).add(masked, length);
        break;
      }
    }
  }
  let room = MAX_ENTRIES;
  const addTo = (map: Map<string, Codes>, key: string, handle: number) => {
    if (--room >= 0) map.set(key, index.codesOf(handle));
  };
  for (const [roots, width, exact, networks, family] of [
    [roots4, 1, tables.ipv4, tables.network4, state.ipv4],
    [roots6, 4, tables.ipv6, tables.network6, state.ipv6],
  ] as const) {
    if (roots.isEmpty) continue;
    yield* visitAll(exact, (words: Uint32Array, at: number, value: number) => {
      if (roots.contain(words, at)) addTo(family.exact, digitsOfWords(words, at, width), value);
    });
    for (const [length, table] of networks.byLength) {
      yield* visitAll(table, (words: Uint32Array, at: number, value: number) => {
        if (roots.contain(words, at))
          addTo(family.networks, networkKeyOfWords(words, at, width, length), value);
      });
    }
  }
  let hasBelow = false;
  for (const root of rootNames) {
    if (pause.isDue) yield undefined;
    const bytes = wireOfName(root);
    const handle = tables.name.get(bytes);
    if (handle !== 0) addTo(state.names, root, handle);
    hasBelow ||= tables.name.hasBelow(bytes);
  }
  if (hasBelow) {
    yield* visitAll(tables.name, (bytes: Uint8Array, start: number, end: number, value: number) => {
      for (let at = start; at < end; at += bytes[at]! + 1) {
        if (!rootNames.has(textOfLabels(bytes, at, end))) continue;
        addTo(state.names, textOfLabels(bytes, start, end), value);
        return;
      }
    });
  }
  return room >= 0;
}

function outermostDomain(
  name: string,
  index: ZoneIndex,
  listedThen: ReadonlySet<string>,
): string | undefined {
  const labels = name.split('.');
  for (let i = labels.length - 1; i >= 0; i--) {
    const above = labels.slice(i).join('.');
    if (listedThen.has(above) || index.tables.name.get(wireOfName(above)) !== 0) return above;
  }
  return undefined;
}

/** Networks none of which lies in another, with a test that is cheap for what is outside all of them. */
class Roots {
  private readonly keys = new Set<string>();
  /** By prefix length up to 32: the first words, masked. */
  private readonly firstWords = new Map<number, Set<number>>();
  private readonly lengths = new Set<number>();

  constructor(private readonly width: number) {}

  get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  add(words: Uint32Array, length: number): void {
    this.keys.add(networkKeyOfWords(words, 0, this.width, length));
    const shown = Math.min(length, 32);
    const there = this.firstWords.get(shown) ?? new Set();
    this.firstWords.set(shown, there.add(maskWord(words[0]!, shown)));
    this.lengths.add(length);
  }

  contain(words: Uint32Array, at: number): boolean {
    const first = words[at]!;
    for (const [shown, set] of this.firstWords) {
      if (!set.has(maskWord(first, shown))) continue;
      const digits = digitsOfWords(words, at, this.width);
      for (const length of this.lengths) if (this.keys.has(networkKey(digits, length))) return true;
      return false;
    }
    return false;
  }
}

// A shift by 32 is a shift by 0 in JavaScript.
const maskWord = (word: number, length: number): number =>
  length === 0 ? 0 : (word & (0xffff_ffff << (32 - length))) >>> 0;

const mask = (words: Uint32Array, length: number): Uint32Array =>
  words.map((word, i) => maskWord(word, Math.min(32, Math.max(0, length - i * 32))));

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
