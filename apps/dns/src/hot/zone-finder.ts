/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
import { nameOfText } from '@sekisho/dns-wire';
import { ZONE_NAMES } from '@sekisho/zone';

const MAX_NAME = 255;
const MAX_LABEL = 63;

interface Suffix {
  readonly place: number;
  readonly labels: number;
  /** In wire form, lower case, with the root. */
  readonly bytes: Uint8Array;
}

/** Finds the zone of a name without an object per name. The results stay in its fields until the next call. */
export class ZoneFinder {
  /** Where the zone's own labels begin: the end of what is looked up. */
  front = 0;
  /** Where the label in front of `front` begins; `front` when there is none. */
  last = 0;
  /** Behind the root label. */
  end = 0;
  // The longest first: `high.ip` before `ip`.
  private readonly suffixes: readonly Suffix[];
  private readonly starts = new Uint16Array(MAX_NAME + 1);

  /** @param names whole wire names, lower case */
  constructor(names: readonly Uint8Array[]) {
    this.suffixes = names
      .map((bytes, place) => ({ place, labels: countLabels(bytes), bytes }))
      .sort((a, b) => b.labels - a.labels);
  }

  /** For the places in ZONE_NAMES. */
  static under(apexName: Uint8Array): ZoneFinder {
    return new ZoneFinder(
      ZONE_NAMES.map((zone) => {
        const labels = nameOfText(zone)?.subarray(0, -1) ?? new Uint8Array();
        return Uint8Array.from([...labels, ...apexName]);
      }),
    );
  }

  /** The place of the longest name that the plain name at `start` ends in; -1: in none, compressed, cut off or too long. */
  find(bytes: Uint8Array, start: number, limit: number): number {
    const { starts } = this;
    let count = 0;
    let at = start;
    for (;;) {
      if (at >= limit) return -1;
      const label = bytes[at]!;
      if (label === 0) break;
      if (label > MAX_LABEL) return -1;
      starts[count++] = at - start;
      at += 1 + label;
      if (at - start >= MAX_NAME) return -1;
    }
    this.end = at + 1;
    if (at + 5 > limit) return -1;
    for (const suffix of this.suffixes) {
      if (count < suffix.labels) continue;
      const front = suffix.labels === 0 ? at : start + starts[count - suffix.labels]!;
      if (this.end - front === suffix.bytes.length && isSame(bytes, front, suffix.bytes)) {
        this.front = front;
        this.last = count === suffix.labels ? front : start + starts[count - suffix.labels - 1]!;
        return suffix.place;
      }
    }
    return -1;
  }
}

function countLabels(name: Uint8Array): number {
  let count = 0;
  for (let at = 0; name[at]! > 0; at += 1 + name[at]!) count++;
  return count;
}

function isSame(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    const octet = bytes[start + i]!;
    if (octet !== wanted[i] && (octet < 0x41 || octet > 0x5a || (octet | 0x20) !== wanted[i])) return false;
  }
  return true;
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
