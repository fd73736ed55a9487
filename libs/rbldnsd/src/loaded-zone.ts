/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import type { Answers } from './answers.js';
import type { Dataset, DatasetNs, DatasetPart, DatasetSoa } from './dataset.js';
import { lookUpInPart, type AskedName, type Wanted } from './part-lookup.js';
import { QueryAddress } from './query-address.js';

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

  /** Fills `answers` for the labels bytes[0…end) in front of the zone; 0 is the zone itself, which always exists. */
  find(bytes: Uint8Array, end: number, wanted: Wanted, answers: Answers): void {
    answers.reset();
    if (end === 0) answers.isFound = true;
    for (const group of this.groups) this.findIn(group, bytes, end, wanted, answers);
  }

  private findIn(
    group: readonly Subzone[],
    bytes: Uint8Array,
    end: number,
    wanted: Wanted,
    answers: Answers,
  ): void {
    for (const { name, parts, hasIpv4 } of group) {
      const stop = end - name.length;
      if (stop < 0 || !endsWith(bytes, end, name) || !isLabelStart(bytes, stop)) {
        if (isAboveSubzone(name, bytes, end)) answers.isAbove = true;
        continue;
      }
      if (stop === 0 && name.length > 0) answers.isFound = true;
      this.address.read(bytes, 0, stop, hasIpv4);
      const asked: AskedName = { bytes, start: 0, end: stop, address: this.address };
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

function isLabelStart(bytes: Uint8Array, place: number): boolean {
  let at = 0;
  while (at < place) at += bytes[at]! + 1;
  return at === place;
}

/** Whether the labels bytes[0…end) end a subzone's name without being the whole of it. */
function isAboveSubzone(name: Uint8Array, bytes: Uint8Array, end: number): boolean {
  const start = name.length - end;
  if (end === 0 || start <= 0 || !isLabelStart(name, start)) return false;
  for (let i = 0; i < end; i++) if (lower(bytes[i]!) !== name[start + i]) return false;
  return true;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
