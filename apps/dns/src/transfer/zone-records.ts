import {
  addressRecord,
  nameOfText,
  nameServerRecord,
  textRecord,
  type ResourceRecord,
} from '@sekisho/dns-wire';
import { ZONE_NAMES, type ExpandedName, type NameChange, type ZoneName } from '@sekisho/zone';
import { explainSubject } from '../answer/explain.js';
import type { ServerState } from '../answer/server-state.js';
import { TTL_SECONDS } from '../answer/timing.js';

/** A record of a zone: what stands in front of the apex, in wire form without root, and the record. */
export interface ZoneRecord {
  readonly owner: Uint8Array;
  readonly record: ResourceRecord;
}

export const APEX = new Uint8Array(0);

/** The longest name in wire form. */
const MAX_NAME_BYTES = 255;

/** The records of a listed name: an A for each code, and the explanation. None for a name too long to be asked for. */
export function recordsOf(name: ExpandedName, apex: Uint8Array, publicUrl: string): ZoneRecord[] {
  const owner = ownerOf(name.owner);
  if (owner.length + apex.length > MAX_NAME_BYTES) return [];
  const texts = explainSubject(name.codes, name.about, publicUrl);
  return [
    ...name.codes.map((code) => ({ owner, record: addressRecord(APEX, TTL_SECONDS, code) })),
    { owner, record: textRecord(APEX, TTL_SECONDS, texts) },
  ];
}

/** Of a changed name, the records that go and those that come; what stays is in neither. */
export function recordChanges(
  { before, after }: NameChange,
  apex: Uint8Array,
  publicUrl: string,
): { removed: ZoneRecord[]; added: ZoneRecord[] } {
  const old = before ? recordsOf(before, apex, publicUrl) : [];
  const fresh = after ? recordsOf(after, apex, publicUrl) : [];
  const without = (some: ZoneRecord[], others: ZoneRecord[]) =>
    some.filter(({ record }) => !others.some((other) => isSame(record, other.record)));
  return { removed: without(old, fresh), added: without(fresh, old) };
}

/** What stands at and beside the apex of a zone, apart from its SOA. */
export function apexRecords(zone: ZoneName, state: ServerState): ZoneRecord[] {
  const records = [nameServer(APEX, state)];
  // high.ip.Z is a zone of its own below ip.Z.
  for (const other of ZONE_NAMES) {
    if (other.endsWith(`.${zone}`)) {
      records.push(nameServer(ownerOf(other.slice(0, -zone.length - 1)), state));
    }
  }
  return records;
}

/** All of Z apart from its SOA: its server and the delegations to its zones. */
export function topRecords(state: ServerState): ZoneRecord[] {
  const records = [nameServer(APEX, state)];
  if (state.hostAddress) {
    const { length } = state.hostAddress;
    const record = {
      owner: APEX,
      type: length === 4 ? 1 : 28,
      ttlSeconds: TTL_SECONDS,
      content: state.hostAddress,
    };
    records.push({ owner: ownerOf('ns1'), record });
  }
  for (const zone of ZONE_NAMES) if (!zone.includes('.')) records.push(nameServer(ownerOf(zone), state));
  return records;
}

const nameServer = (owner: Uint8Array, state: ServerState): ZoneRecord => ({
  owner,
  record: nameServerRecord(APEX, TTL_SECONDS, state.hostName),
});

const isSame = (a: ResourceRecord, b: ResourceRecord): boolean =>
  a.type === b.type && Buffer.compare(a.content, b.content) === 0;

const ownerOf = (text: string): Uint8Array => nameOfText(text)?.subarray(0, -1) ?? APEX;
