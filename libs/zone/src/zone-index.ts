/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { SubjectInvalid, type Subject } from '@sekisho/subject';
import { CodeSets } from './code-sets.js';
import { DeltaRejected } from './errors.js';
import { KeyTable } from './key-table.js';
import { EMPTY_NON_TERMINAL, NameTable, type SharedNames } from './name-table.js';
import { NetworkTable, type SharedNetworks } from './network-table.js';
import { canHold, type QuestionKey } from './question-key.js';
import { isListingCode, type ReturnCode } from './return-code.js';
import { sharedWords } from './shared-words.js';
import {
  keyOfSubject,
  subjectOfHash,
  subjectOfIp,
  subjectOfNetwork,
  subjectOfWireName,
  type SubjectKey,
} from './subject-key.js';
import {
  checkContinues,
  sortEntries,
  type ZoneDelta,
  type ZoneEntry,
  type ZoneSnapshot,
} from './zone-content.js';
import type { ZoneName } from './zone-name.js';

/** The name does not exist: NXDOMAIN. */
export const ABSENT = 0;

/** The tables of a zone, in memory shared between threads. */
export interface ZoneTables {
  readonly codes: CodeSets;
  readonly ipv4: KeyTable;
  readonly ipv6: KeyTable;
  readonly network4: NetworkTable;
  readonly network6: NetworkTable;
  readonly address: KeyTable;
  readonly fingerprint: KeyTable;
  readonly name: NameTable;
}

/** What another thread needs to read a zone: a message with it shares the arrays, it copies nothing. */
export interface SharedZone {
  readonly zone: ZoneName;
  /** The serial modulo 2^32, in the first word. */
  readonly serial: Uint32Array;
  readonly codes: Uint32Array;
  readonly ipv4: Uint32Array;
  readonly ipv6: Uint32Array;
  readonly network4: SharedNetworks;
  readonly network6: SharedNetworks;
  readonly address: Uint32Array;
  readonly fingerprint: Uint32Array;
  readonly name: SharedNames;
}

/** Tables with room for these entries, so that filling them never builds anew. */
function tablesFor(entries: readonly ZoneEntry[]): ZoneTables {
  const counts = { ipv4: 0, ipv6: 0, network: 0, domain: 0, address: 0, fingerprint: 0, subscriber: 0 };
  for (const { subject } of entries) {
    counts[subject.type === 'ip' ? (subject.value.includes(':') ? 'ipv6' : 'ipv4') : subject.type]++;
  }
  return {
    codes: CodeSets.create(),
    ipv4: KeyTable.create(1, counts.ipv4),
    ipv6: KeyTable.create(4, counts.ipv6),
    network4: new NetworkTable(1),
    network6: new NetworkTable(4),
    address: KeyTable.create(8, counts.address),
    fingerprint: KeyTable.create(8, counts.fingerprint),
    name: NameTable.create(counts.domain),
  };
}

/**
 * A zone in memory. Deltas change it in place, a few microseconds an entry, so a lookup on the same thread sees a
 * delta wholly or not at all; a lookup of another thread (`attach`) sees each entry as it was or as it is. An exact address wins over the networks around it, a longer network over a shorter,
 * a domain over the domains above it.
 *
 * Empty non-terminals (RFC 8020): every proper prefix of a possible address name counts as one, whether or not
 * anything is listed below it; for domains they are known exactly.
 */
export class ZoneIndex {
  private serialWord = sharedWords(1);

  constructor(
    readonly zone: ZoneName,
    private at: number,
    /** For the snapshot codec; nobody else changes them. */
    readonly tables: ZoneTables,
  ) {
    this.serialWord[0] = at % 2 ** 32;
  }

  /** @throws {DeltaRejected} when an entry cannot be in the zone */
  static from(snapshot: ZoneSnapshot): ZoneIndex {
    const index = new ZoneIndex(snapshot.zone, snapshot.serial, tablesFor(snapshot.entries));
    index.apply({
      zone: snapshot.zone,
      from: snapshot.serial,
      to: snapshot.serial,
      announce: snapshot.entries,
      withdraw: [],
    });
    return index;
  }

  /**
   * A reader in another thread: only find, codesOf and dnsSerial. It follows all changes until `layout` of the writer
   * grows; from then on it stands still until it is replaced by one of a new `shared`.
   */
  static attach(shared: SharedZone): ZoneIndex {
    const index = new ZoneIndex(shared.zone, 0, {
      codes: CodeSets.attach(shared.codes),
      ipv4: KeyTable.attach(1, shared.ipv4),
      ipv6: KeyTable.attach(4, shared.ipv6),
      network4: NetworkTable.attach(1, shared.network4),
      network6: NetworkTable.attach(4, shared.network6),
      address: KeyTable.attach(8, shared.address),
      fingerprint: KeyTable.attach(8, shared.fingerprint),
      name: NameTable.attach(shared.name),
    });
    index.serialWord = shared.serial;
    return index;
  }

  /**
   * A reader that stays as the zone is now: a copy of some milliseconds for a million entries. Its `size` and `layout`
   * mean nothing.
   */
  frozen(): ZoneIndex {
    const { codes, ipv4, ipv6, network4, network6, address, fingerprint, name } = this.tables;
    return new ZoneIndex(this.zone, this.at, {
      // Sets of codes are only ever added, so a handle keeps its meaning.
      codes: CodeSets.attach(codes.shared),
      ...{ ipv4: ipv4.frozen(), ipv6: ipv6.frozen() },
      ...{ network4: network4.frozen(), network6: network6.frozen() },
      ...{ address: address.frozen(), fingerprint: fingerprint.frozen(), name: name.frozen() },
    });
  }

  get shared(): SharedZone {
    const { codes, ipv4, ipv6, network4, network6, address, fingerprint, name } = this.tables;
    return {
      zone: this.zone,
      serial: this.serialWord,
      codes: codes.shared,
      ipv4: ipv4.shared,
      ipv6: ipv6.shared,
      network4: network4.shared,
      network6: network6.shared,
      address: address.shared,
      fingerprint: fingerprint.shared,
      name: name.shared,
    };
  }

  /** Grows when an array of `shared` is replaced: readers have to be given the new ones. */
  get layout(): number {
    const { codes, ipv4, ipv6, network4, network6, address, fingerprint, name } = this.tables;
    return [codes, ipv4, ipv6, network4, network6, address, fingerprint, name].reduce(
      (sum, table) => sum + table.layout,
      0,
    );
  }

  get serial(): number {
    return this.at;
  }

  /** The serial as DNS shows it (RFC 1982), also in an attached reader. */
  get dnsSerial(): number {
    return Atomics.load(this.serialWord, 0);
  }

  /** Number of entries. */
  get size(): number {
    const { ipv4, ipv6, network4, network6, address, fingerprint, name } = this.tables;
    return [ipv4, ipv6, network4, network6, address, fingerprint, name].reduce(
      (sum, table) => sum + table.size,
      0,
    );
  }

  /** Bytes held by the arrays. */
  get byteLength(): number {
    const { codes, ipv4, ipv6, network4, network6, address, fingerprint, name } = this.tables;
    return [codes, ipv4, ipv6, network4, network6, address, fingerprint, name].reduce(
      (sum, table) => sum + table.byteLength,
      0,
    );
  }

  /** A handle (over 0) for codesOf, ABSENT, or EMPTY_NON_TERMINAL. The key was read for this zone. */
  find(key: QuestionKey): number {
    const { tables } = this;
    switch (key.kind) {
      case 'ipv4': {
        const value = tables.ipv4.getWord(key.words[0]!) || tables.network4.findWord(key.words[0]!);
        return value !== 0 ? value : key.isNibblePath ? EMPTY_NON_TERMINAL : ABSENT;
      }
      case 'ipv6':
        return tables.ipv6.get(key.words) || tables.network6.find(key.words);
      case 'partial':
        return EMPTY_NON_TERMINAL;
      case 'hash':
        return tables.address.get(key.words) || tables.fingerprint.get(key.words);
      case 'name':
        return tables.name.find(key.bytes, key.start, key.end);
      case 'malformed':
        return ABSENT;
    }
  }

  codesOf(handle: number): ReturnCode[] {
    return this.tables.codes.codesOf(handle);
  }

  /** The codes of exactly this entry; for what covers a subject, ask find. */
  codesOfEntry(subject: Subject): ReturnCode[] | undefined {
    const value = this.valueOf(keyOfSubject(subject));
    return value === 0 ? undefined : this.codesOf(value);
  }

  /** Brings the index from delta.from to delta.to. @throws {DeltaRejected} and then nothing has changed */
  apply(delta: ZoneDelta): void {
    checkContinues(this, delta);
    if (!Number.isSafeInteger(delta.to) || delta.to < 0) throw new DeltaRejected('its serial is no number');
    const kept = new Set(
      delta.withdraw.length === 0
        ? []
        : delta.announce.map(({ subject }) => `${subject.type}:${subject.value}`),
    );
    const withdrawn = delta.withdraw
      .filter(({ type, value }) => !kept.has(`${type}:${value}`))
      .map((subject) => this.keyIn(subject));
    const announced = delta.announce.map(({ subject, codes }) => {
      if (
        codes.length === 0 ||
        !codes.every((code, i) => isListingCode(code) && code > (codes[i - 1] ?? 0))
      ) {
        throw new DeltaRejected(`the codes of a ${subject.type} are not ascending listing codes`);
      }
      return { key: this.keyIn(subject), codes };
    });
    // Announced first, so that a reader never finds a subject that only changes, or moves from an address to the
    // network around it, gone in between.
    for (const { key, codes } of announced) this.put(key, this.tables.codes.intern(codes));
    for (const key of withdrawn) this.remove(key);
    this.at = delta.to;
    Atomics.store(this.serialWord, 0, delta.to % 2 ** 32);
  }

  /** Every entry, in no particular order. */
  *entries(): Generator<ZoneEntry> {
    const found: [Subject, number][] = [];
    const { tables } = this;
    tables.ipv4.forEach((keys, at, value) => found.push([subjectOfIp(keys, at, 1), value]));
    tables.ipv6.forEach((keys, at, value) => found.push([subjectOfIp(keys, at, 4), value]));
    tables.network4.forEach((keys, at, value, length) =>
      found.push([subjectOfNetwork(keys, at, 1, length), value]),
    );
    tables.network6.forEach((keys, at, value, length) =>
      found.push([subjectOfNetwork(keys, at, 4, length), value]),
    );
    tables.address.forEach((keys, at, value) => found.push([subjectOfHash('address', keys, at), value]));
    tables.fingerprint.forEach((keys, at, value) =>
      found.push([subjectOfHash('fingerprint', keys, at), value]),
    );
    tables.name.forEach((bytes, start, end, value) =>
      found.push([subjectOfWireName(bytes, start, end), value]),
    );
    for (const [subject, value] of found) yield { subject, codes: this.codesOf(value) };
  }

  /** The whole content in canonical order. */
  toSnapshot(): ZoneSnapshot {
    return { zone: this.zone, serial: this.serial, entries: sortEntries(this.entries()) };
  }

  private keyIn(subject: Subject): SubjectKey {
    const { type } = subject;
    const kind =
      type === 'domain' ? 'name' : type === 'address' || type === 'fingerprint' ? 'hash' : 'address';
    if (type === 'subscriber' || !canHold(this.zone, kind)) {
      throw new DeltaRejected(`zone ${this.zone} holds no ${type}`);
    }
    try {
      return keyOfSubject(subject);
    } catch (error) {
      if (!(error instanceof SubjectInvalid || error instanceof RangeError)) throw error;
      throw new DeltaRejected(`a ${type} cannot be read: ${error.message}`);
    }
  }

  private valueOf(key: SubjectKey): number {
    if (key.kind === 'name') return this.tables.name.get(key.bytes);
    if (key.kind === 'network4' || key.kind === 'network6') {
      return this.tables[key.kind].get(key.words, 0, key.prefixLength);
    }
    return this.tables[key.kind].get(key.words);
  }

  private put(key: SubjectKey, value: number): void {
    if (key.kind === 'name') this.tables.name.set(key.bytes, 0, key.bytes.length, value);
    else if (key.kind === 'network4' || key.kind === 'network6') {
      this.tables[key.kind].set(key.words, 0, key.prefixLength, value);
    } else this.tables[key.kind].set(key.words, 0, value);
  }

  private remove(key: SubjectKey): void {
    if (key.kind === 'name') this.tables.name.delete(key.bytes);
    else if (key.kind === 'network4' || key.kind === 'network6') {
      this.tables[key.kind].delete(key.words, 0, key.prefixLength);
    } else this.tables[key.kind].delete(key.words);
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
