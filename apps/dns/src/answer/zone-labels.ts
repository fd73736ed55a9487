import { nameOfText } from '@sekisho/dns-wire';
import { ZONE_NAMES, type ZoneName } from '@sekisho/zone';

/** The labels of each zone in wire form without root, the longest first: `high.ip` before `ip`. */
const ZONE_LABELS = ZONE_NAMES.map((zone) => ({
  zone,
  labels: nameOfText(zone)?.subarray(0, -1) ?? new Uint8Array(),
})).sort((a, b) => b.labels.length - a.labels.length);

/** The zone that the last labels of name[0…end) name and where these labels start; `starts` are where labels start. */
export function readZoneLabels(
  name: Uint8Array,
  starts: readonly number[],
  end: number,
): { zone: ZoneName; end: number } | undefined {
  for (const { zone, labels } of ZONE_LABELS) {
    const start = end - labels.length;
    if (hasLabels(name, start, labels) && starts.includes(start)) return { zone, end: start };
  }
  return undefined;
}

function hasLabels(name: Uint8Array, start: number, labels: Uint8Array): boolean {
  if (start < 0) return false;
  for (let i = 0; i < labels.length; i++) {
    const octet = name[start + i] ?? 0;
    if ((octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet) !== labels[i]) return false;
  }
  return true;
}
