import { readZoneLabels } from './zone-labels.js';
import type { ZoneName } from '@sekisho/zone';

/** Where a name lies in the tree under the apex Z. */
export type Place =
  | { readonly kind: 'outside' }
  /** Z itself. */
  | { readonly kind: 'apex' }
  /** The labels in name[0…end) are in front of the zone's apex, which starts at `end`; 0 is the zone's apex. */
  | { readonly kind: 'zone'; readonly zone: ZoneName; readonly end: number }
  /** Below Z and in none of its zones; `labels` are what stands in front of Z. */
  | { readonly kind: 'other'; readonly starts: readonly number[]; readonly end: number };

const OUTSIDE: Place = { kind: 'outside' };
const APEX: Place = { kind: 'apex' };

/** Names are compared without regard to ASCII case (RFC 4343 section 3). Both are whole wire names. */
export function placeOf(name: Uint8Array, apexName: Uint8Array): Place {
  const end = name.length - apexName.length;
  if (end < 0) return OUTSIDE;
  const starts: number[] = [];
  let at = 0;
  while (at < end) {
    starts.push(at);
    at += (name[at] ?? 0) + 1;
  }
  if (at !== end || !endsWith(name, end, apexName)) return OUTSIDE;
  if (end === 0) return APEX;
  const found = readZoneLabels(name, starts, end);
  return found ? { kind: 'zone', ...found } : { kind: 'other', starts, end };
}

function endsWith(name: Uint8Array, start: number, apexName: Uint8Array): boolean {
  for (let i = 0; i < apexName.length; i++) {
    const octet = name[start + i] ?? 0;
    if ((octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet) !== apexName[i]) return false;
  }
  return true;
}
