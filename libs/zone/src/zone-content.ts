import type { Subject } from '@sekisho/subject';
import { DeltaRejected } from './errors.js';
import type { ReturnCode } from './return-code.js';
import type { ZoneName } from './zone-name.js';

/** A listing: an ip, network, domain, address or fingerprint and its return codes, ascending, at least one. */
export interface ZoneEntry {
  readonly subject: Subject;
  readonly codes: readonly ReturnCode[];
}

/** What changed between two serials. A subject in both lists ends announced. */
export interface ZoneDelta {
  readonly zone: ZoneName;
  readonly from: number;
  readonly to: number;
  readonly announce: readonly ZoneEntry[];
  readonly withdraw: readonly Subject[];
}

/** A whole zone as of a serial (a non-negative integer up to 2^53-1; DNS shows it modulo 2^32). */
export interface ZoneSnapshot {
  readonly zone: ZoneName;
  readonly serial: number;
  readonly entries: readonly ZoneEntry[];
}

const keyOf = (subject: Subject): string => `${subject.type}:${subject.value}`;

const byKey = (a: ZoneEntry, b: ZoneEntry): number => {
  const left = keyOf(a.subject);
  const right = keyOf(b.subject);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** The entries in their canonical order: type, then value, by code unit. */
export const sortEntries = (entries: Iterable<ZoneEntry>): ZoneEntry[] => [...entries].sort(byKey);

const sameCodes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((code, i) => code === b[i]);

/** The delta that turns `before` into `after`. @throws {DeltaRejected} when they are of different zones */
export function diff(before: ZoneSnapshot, after: ZoneSnapshot): ZoneDelta {
  if (before.zone !== after.zone) throw new DeltaRejected(`${before.zone} and ${after.zone} are two zones`);
  const old = new Map(before.entries.map((entry) => [keyOf(entry.subject), entry]));
  const announce: ZoneEntry[] = [];
  for (const entry of after.entries) {
    const key = keyOf(entry.subject);
    const was = old.get(key);
    if (was === undefined || !sameCodes(was.codes, entry.codes)) announce.push(entry);
    old.delete(key);
  }
  return {
    zone: after.zone,
    from: before.serial,
    to: after.serial,
    announce: sortEntries(announce),
    withdraw: sortEntries(old.values()).map((entry) => entry.subject),
  };
}

/** The snapshot after a delta, entries in canonical order. @throws {DeltaRejected} when it does not continue this one */
export function apply(snapshot: ZoneSnapshot, delta: ZoneDelta): ZoneSnapshot {
  checkContinues(snapshot, delta);
  const entries = new Map(snapshot.entries.map((entry) => [keyOf(entry.subject), entry]));
  for (const subject of delta.withdraw) entries.delete(keyOf(subject));
  for (const entry of delta.announce) entries.set(keyOf(entry.subject), entry);
  return { zone: snapshot.zone, serial: delta.to, entries: sortEntries(entries.values()) };
}

/** @throws {DeltaRejected} */
export function checkContinues(
  at: { readonly zone: ZoneName; readonly serial: number },
  delta: ZoneDelta,
): void {
  if (delta.zone !== at.zone) throw new DeltaRejected(`it is of zone ${delta.zone}, not ${at.zone}`);
  if (delta.from !== at.serial) {
    throw new DeltaRejected(`it continues serial ${delta.from}, the zone is at ${at.serial}`);
  }
}
