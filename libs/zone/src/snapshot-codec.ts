/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The snapshot file, the same bytes over HTTP and on disk. All numbers little-endian, every section 4-byte aligned:
//   0  "SEKIZONE"   8  u16 version   10 u8 zone (place in ZONE_NAMES)   11 u8 zero
//   12 u32 serial, low half   16 u32 serial, high half
//   20 u32 × 9: words of code sets; entries of ipv4, ipv6, network4, network6, address, fingerprint, name; bytes of names
//   56 code sets, then per kind: keys, code-set handles, (networks) prefix lengths; names: handles, then length + wire form
//   end: SHA-256 of everything before it.
// Entries come in the order of the writer's table, which is what lets a reader fill its own in memory order.
import { sha256 } from '@noble/hashes/sha2.js';
import { CodeSets } from './code-sets.js';
import { SnapshotDamaged } from './errors.js';
import { KeyTable } from './key-table.js';
import { lower, MAX_NAME_BYTES, NameTable } from './name-table.js';
import { NetworkTable } from './network-table.js';
import { isListingCode } from './return-code.js';
import { canHold } from './question-key.js';
import type { ZoneSnapshot } from './zone-content.js';
import { ZoneIndex, type ZoneTables } from './zone-index.js';
import { ZONE_NAMES } from './zone-name.js';

const MAGIC = Array.from('SEKIZONE', (character) => character.charCodeAt(0));
const VERSION = 1;
const HEADER_BYTES = 56;
const DIGEST_BYTES = 32;
const WORDS_OF = { ipv4: 1, ipv6: 4, address: 8, fingerprint: 8 } as const;

/** SHA-256; callers with a native one pass it, it is some ten times faster. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** The file of a zone. @throws {DeltaRejected} when an entry of a snapshot cannot be in its zone */
export function encodeSnapshot(content: ZoneSnapshot | ZoneIndex, digest: Sha256 = sha256): Uint8Array {
  const index = content instanceof ZoneIndex ? content : ZoneIndex.from(content);
  const { codes, ipv4, ipv6, network4, network6, address, fingerprint, name } = index.tables;
  let nameBytes = 0;
  name.forEach((_, start, end) => (nameBytes += 1 + end - start));
  const counts = [ipv4, ipv6, network4, network6, address, fingerprint, name].map((table) => table.size);
  const header = [codes.content.length, ...counts, nameBytes];
  const writer = new SectionWriter(totalBytes(header));
  writer.header(ZONE_NAMES.indexOf(index.zone), index.serial, header);
  writer.words(codes.content);
  for (const [table, width] of [
    [ipv4, WORDS_OF.ipv4],
    [ipv6, WORDS_OF.ipv6],
  ] as const) {
    writer.keys(table, width);
  }
  writer.networks(network4, 1);
  writer.networks(network6, 4);
  writer.keys(address, WORDS_OF.address);
  writer.keys(fingerprint, WORDS_OF.fingerprint);
  writer.names(name);
  return writer.finish(digest);
}

function totalBytes(header: readonly number[]): number {
  const [
    codes = 0,
    ipv4 = 0,
    ipv6 = 0,
    net4 = 0,
    net6 = 0,
    address = 0,
    fingerprint = 0,
    names = 0,
    bytes = 0,
  ] = header;
  return (
    HEADER_BYTES +
    4 * (codes + ipv4 * 2 + ipv6 * 5 + net4 * 2 + net6 * 5 + (address + fingerprint) * 9 + names) +
    padded(net4) +
    padded(net6) +
    padded(bytes) +
    DIGEST_BYTES
  );
}

class SectionWriter {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(total: number) {
    this.bytes = new Uint8Array(total);
    this.view = new DataView(this.bytes.buffer);
  }

  header(zone: number, serial: number, numbers: readonly number[]): void {
    this.bytes.set(MAGIC);
    this.view.setUint16(8, VERSION, true);
    this.bytes[10] = zone;
    this.at = 12;
    this.word(serial >>> 0);
    this.word(Math.floor(serial / 0x1_0000_0000));
    for (const number of numbers) this.word(number);
  }

  words(words: Uint32Array): void {
    for (const word of words) this.word(word);
  }

  keys(table: KeyTable, width: number): void {
    let value = this.at + table.size * width * 4;
    const after = value + table.size * 4;
    table.forEach((keys, at, handle) => {
      for (let i = 0; i < width; i++) this.word(keys[at + i]!);
      this.view.setUint32(value, handle, true);
      value += 4;
    });
    this.at = after;
  }

  networks(table: NetworkTable, width: number): void {
    const { size } = table;
    let value = this.at + size * width * 4;
    let length = value + size * 4;
    const after = length + padded(size);
    table.forEach((keys, at, handle, prefixLength) => {
      for (let i = 0; i < width; i++) this.word(keys[at + i]!);
      this.view.setUint32(value, handle, true);
      value += 4;
      this.bytes[length++] = prefixLength;
    });
    this.at = after;
  }

  names(table: NameTable): void {
    let byte = this.at + table.size * 4;
    table.forEach((bytes, start, end, handle) => {
      this.word(handle);
      this.bytes[byte++] = end - start;
      for (let i = start; i < end; i++) this.bytes[byte++] = bytes[i]!;
    });
    this.at = padded(byte);
  }

  finish(digest: Sha256): Uint8Array {
    this.bytes.set(digest(this.bytes.subarray(0, this.at)), this.at);
    return this.bytes;
  }

  private word(word: number): void {
    this.view.setUint32(this.at, word, true);
    this.at += 4;
  }
}

/**
 * The index of a snapshot file, without an object per entry.
 * @throws {SnapshotDamaged} for bytes that encodeSnapshot did not write, whatever they are
 */
export function decodeSnapshot(bytes: Uint8Array, digest: Sha256 = sha256): ZoneIndex {
  if (bytes.length < HEADER_BYTES + DIGEST_BYTES) throw new SnapshotDamaged('it is too short');
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new SnapshotDamaged('it is no zone snapshot');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(8, true);
  if (version !== VERSION) throw new SnapshotDamaged(`its format version is ${version}, not ${VERSION}`);
  const header = Array.from({ length: 9 }, (_, i) => view.getUint32(20 + i * 4, true));
  if (totalBytes(header) !== bytes.length) {
    throw new SnapshotDamaged(`it has ${bytes.length} bytes, its header says ${totalBytes(header)}`);
  }
  const end = bytes.length - DIGEST_BYTES;
  const sum = digest(bytes.subarray(0, end));
  if (sum.some((byte, i) => byte !== bytes[end + i])) throw new SnapshotDamaged('its checksum is wrong');
  const zone = ZONE_NAMES[bytes[10]!];
  const serial = view.getUint32(12, true) + view.getUint32(16, true) * 0x1_0000_0000;
  if (zone === undefined || !Number.isSafeInteger(serial)) throw new SnapshotDamaged('its header is wrong');
  // A right checksum proves no good will: whoever can write the file can compute it. Every value is checked.
  const index = new ZoneIndex(zone, serial, new SectionReader(bytes, view, header).tables());
  checkKinds(index);
  return index;
}

function checkKinds(index: ZoneIndex): void {
  const { ipv4, ipv6, network4, network6, address, fingerprint, name } = index.tables;
  const has = {
    address: ipv4.size + ipv6.size + network4.size + network6.size > 0,
    hash: address.size + fingerprint.size > 0,
    name: name.size > 0,
  };
  for (const kind of ['address', 'hash', 'name'] as const) {
    if (has[kind] && !canHold(index.zone, kind)) {
      throw new SnapshotDamaged(`zone ${index.zone} cannot hold what it contains`);
    }
  }
}

class SectionReader {
  private at = HEADER_BYTES;
  private isHandle: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly bytes: Uint8Array,
    private readonly view: DataView,
    private readonly counts: readonly number[],
  ) {}

  tables(): ZoneTables {
    const [
      codeWords = 0,
      ipv4 = 0,
      ipv6 = 0,
      net4 = 0,
      net6 = 0,
      address = 0,
      fingerprint = 0,
      names = 0,
      nameBytes = 0,
    ] = this.counts;
    return {
      codes: this.codes(codeWords),
      ipv4: this.keys(ipv4, WORDS_OF.ipv4),
      ipv6: this.keys(ipv6, WORDS_OF.ipv6),
      network4: this.networks(net4, 1),
      network6: this.networks(net6, 4),
      address: this.keys(address, WORDS_OF.address),
      fingerprint: this.keys(fingerprint, WORDS_OF.fingerprint),
      name: this.names(names, nameBytes),
    };
  }

  private codes(count: number): CodeSets {
    const words = this.words(count);
    this.isHandle = new Uint8Array(count + 1);
    for (let at = 0; at < count;) {
      const length = words[at]!;
      if (length === 0 || length >= count - at) throw new SnapshotDamaged('a code set is cut off');
      this.isHandle[at + 1] = 1;
      let before = 0;
      for (let i = at + 1; i <= at + length; i++) {
        const code = words[i]!;
        if (!isListingCode(code) || code <= before) throw new SnapshotDamaged('a return code is none');
        before = code;
      }
      at += 1 + length;
    }
    return CodeSets.create(words);
  }

  private keys(count: number, width: number): KeyTable {
    const keys = this.words(count * width);
    const handles = this.handles(count);
    const table = KeyTable.create(width, count);
    for (let i = 0; i < count; i++) {
      if (!table.set(keys, i * width, handles[i]!)) throw new SnapshotDamaged('an entry comes twice');
    }
    return table;
  }

  private networks(count: number, width: number): NetworkTable {
    const keys = this.words(count * width);
    const handles = this.handles(count);
    const lengths = this.take(count);
    const table = new NetworkTable(width);
    const perLength = new Uint32Array(256);
    for (const length of lengths) perLength[length] = perLength[length]! + 1;
    for (let length = 0; length < 256; length++) {
      const expected = perLength[length]!;
      if (expected === 0) continue;
      if (length >= width * 32) throw new SnapshotDamaged('a prefix length is too long');
      table.reserve(length, expected);
    }
    for (let i = 0; i < count; i++) {
      const length = lengths[i]!;
      if (!table.isMasked(keys, i * width, length)) throw new SnapshotDamaged('a network has host bits');
      if (!table.set(keys, i * width, length, handles[i]!)) {
        throw new SnapshotDamaged('an entry comes twice');
      }
    }
    return table;
  }

  private names(count: number, byteCount: number): NameTable {
    const handles = this.handles(count);
    const bytes = this.take(byteCount);
    const table = NameTable.create(count);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const length = bytes[at] ?? 0;
      const start = at + 1;
      at = start + length;
      if (at > byteCount || !isName(bytes, start, at)) throw new SnapshotDamaged('a name is malformed');
      if (!table.set(bytes, start, at, handles[i]!)) throw new SnapshotDamaged('an entry comes twice');
    }
    if (at !== byteCount) throw new SnapshotDamaged('there are more bytes than names');
    return table;
  }

  private handles(count: number): Uint32Array {
    const handles = this.words(count);
    for (const handle of handles) {
      if (this.isHandle[handle] !== 1) throw new SnapshotDamaged('an entry has no code set');
    }
    return handles;
  }

  private take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    this.at += padded(count);
    return taken;
  }

  /** The next words, without a copy where alignment and byte order allow. */
  private words(count: number): Uint32Array {
    const { at, view } = this;
    const offset = view.byteOffset + at;
    this.at += count * 4;
    if (IS_LITTLE_ENDIAN && offset % 4 === 0) return new Uint32Array(view.buffer, offset, count);
    const words = new Uint32Array(count);
    for (let i = 0; i < count; i++) words[i] = view.getUint32(at + i * 4, true);
    return words;
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function isName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2 || end - start > MAX_NAME_BYTES) return false;
  let at = start;
  while (at < end) {
    const length = bytes[at]!;
    if (length === 0 || length > 63 || at + 1 + length > end) return false;
    for (let i = at + 1; i <= at + length; i++) {
      const byte = bytes[i]!;
      if (byte !== lower(byte) || byte <= 0x20 || byte > 0x7e) return false;
    }
    at += 1 + length;
  }
  return true;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
