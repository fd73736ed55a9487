/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { Answers } from './answers.js';
import type { Dataset, DatasetNs, DatasetPart, DatasetSoa } from './dataset.js';
import { lookUpInPart, type AskedName, type Wanted } from './part-lookup.js';
import { QueryAddress } from './query-address.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The parts of one dataset that are in the same subzone. */
interface Subzone {
  /** In wire form without root. */
  readonly name: Uint8Array;
  readonly parts: readonly DatasetPart[];
  readonly hasIpv4: boolean;
}

/**
 * A zone made of one or more datasets, which all are asked. A combined dataset answers for the longest of its
 * subzones only; the zone's SOA and NS come from the first dataset that has them.
 */
export class LoadedZone {
  readonly soa: DatasetSoa | undefined;
  readonly ns: DatasetNs | undefined;
  /** Seconds since 1970 after which it must not be used. */
  readonly expiresAtSeconds: number | undefined;
  private readonly groups: readonly (readonly Subzone[])[];
  private readonly address = new QueryAddress();
  // One question is answered before the next: nothing is made for each.
  private readonly asked: Mutable<AskedName> = {
    ...{ bytes: new Uint8Array(0), start: 0, end: 0 },
    address: this.address,
  };

  /** @param modifiedAtSeconds when the newest file changed: the serial of an SOA whose serial is 0 */
  constructor(datasets: readonly Dataset[], modifiedAtSeconds: number) {
    const soa = datasets.find((dataset) => dataset.soa)?.soa;
    this.soa = soa && { ...soa, serial: soa.serial || modifiedAtSeconds % 2 ** 32 };
    this.ns = datasets.find((dataset) => dataset.ns)?.ns;
    const expiries = datasets.map(({ expiresAtSeconds }) => expiresAtSeconds ?? Infinity);
    const earliest = Math.min(...expiries);
    this.expiresAtSeconds = Number.isFinite(earliest) ? earliest : undefined;
    const hasIpv4 = datasets.some((dataset) => !dataset.isCombined && dataset.parts.some(isIpv4));
    this.groups = datasets.map((dataset) => subzonesOf(dataset, hasIpv4));
  }

  /**
   * Fills `answers` for the labels bytes[start…end) in front of the zone; none of them is the zone itself, which always
   * exists.
   */
  find(bytes: Uint8Array, start: number, end: number, wanted: Wanted, answers: Answers): void {
    answers.reset();
    if (start === end) answers.isFound = true;
    const { asked } = this;
    asked.bytes = bytes;
    asked.start = start;
    for (const group of this.groups) this.findIn(group, end, wanted, answers);
  }

  private findIn(group: readonly Subzone[], end: number, wanted: Wanted, answers: Answers): void {
    const { asked } = this;
    const { bytes, start } = asked;
    for (const { name, parts, hasIpv4 } of group) {
      const stop = end - name.length;
      if (stop < start || !endsWith(bytes, end, name) || !isLabelStart(bytes, start, stop)) {
        if (isAboveSubzone(name, bytes, start, end)) answers.isAbove = true;
        continue;
      }
      if (stop === start && name.length > 0) answers.isFound = true;
      this.address.read(bytes, start, stop, hasIpv4);
      asked.end = stop;
      for (const part of parts) lookUpInPart(part, asked, wanted, answers);
      break;
    }
    // Subzones come longest first: the shorter ones that were not reached are no names above this one.
  }
}

const isIpv4 = ({ table }: DatasetPart): boolean => table.kind === 'ipv4';

function subzonesOf(dataset: Dataset, zoneHasIpv4: boolean): Subzone[] {
  const groups = new Map<string, { name: Uint8Array; parts: DatasetPart[] }>();
  for (const part of dataset.parts) {
    for (const name of part.subzones) {
      const key = name.join();
      const group = groups.get(key);
      if (!group) groups.set(key, { name, parts: [part] });
      else if (!group.parts.includes(part)) group.parts.push(part);
    }
  }
  return [...groups.values()]
    .sort((a, b) => b.name.length - a.name.length)
    .map(({ name, parts }) => ({
      name,
      parts,
      hasIpv4: dataset.isCombined ? parts.some(isIpv4) : zoneHasIpv4,
    }));
}

const lower = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet);

function endsWith(bytes: Uint8Array, end: number, name: Uint8Array): boolean {
  const start = end - name.length;
  for (let i = 0; i < name.length; i++) if (lower(bytes[start + i]!) !== name[i]) return false;
  return true;
}

function isLabelStart(bytes: Uint8Array, start: number, place: number): boolean {
  let at = start;
  while (at < place) at += bytes[at]! + 1;
  return at === place;
}

/** Whether the labels bytes[start…end) end a subzone's name without being the whole of it. */
function isAboveSubzone(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  const front = name.length - length;
  if (length === 0 || front <= 0 || !isLabelStart(name, 0, front)) return false;
  for (let i = 0; i < length; i++) if (lower(bytes[start + i]!) !== name[front + i]) return false;
  return true;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
