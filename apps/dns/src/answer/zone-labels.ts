import { labelsOfName } from '@sekisho/dns-wire';
import { isZoneName, ZONE_NAMES, type ZoneName } from '@sekisho/zone';

const DEEPEST = Math.max(...ZONE_NAMES.map((zone) => zone.split('.').length));

/** The zone that the last labels of name[0…end) name, the longest match first, and where its own labels start. */
export function readZoneLabels(
  name: Uint8Array,
  starts: readonly number[],
  end: number,
): { zone: ZoneName; end: number } | undefined {
  for (let depth = Math.min(DEEPEST, starts.length); depth > 0; depth--) {
    const start = starts[starts.length - depth] ?? 0;
    const text = labelsOfName(name, start, end).join('.').toLowerCase();
    if (isZoneName(text)) return { zone: text, end: start };
  }
  return undefined;
}
