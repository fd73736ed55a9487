/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The buckets of response rate limiting in memory that all threads see: whichever thread answers, the rate is one.
import type { ResponseRates } from '@sekisho/config';
import { sharedWords } from '@sekisho/zone';

const RATED = ['responses', 'nxdomains', 'nodata', 'errors'] as const;
export type AnswerKind = (typeof RATED)[number];
/** Places in RATED. */
export const RATE = { responses: 0, nxdomains: 1, nodata: 2, errors: 3 } as const;

/** Two kinds of equal answers that share a place share its bucket. 256 KiB. */
const PLACES = 1 << 16;
/** What a bucket owes is counted in 32 bits together with the time. */
const MAX_DEBT = 2 ** 30;

/** What another thread needs; a message shares the array. */
export interface SharedRates {
  readonly cells: Uint32Array;
  readonly rates: ResponseRates;
  /** Unknown outside, so that nobody can choose names that share a place. */
  readonly seed: number;
  /** Where the clock of the cells begins, milliseconds since 1970. */
  readonly originMs: number;
}

export const createRates = (rates: ResponseRates, seed: number, originMs: number): SharedRates => ({
  cells: sharedWords(PLACES),
  ...{ rates, seed, originMs },
});

/** The /24 of an address, given as its word. */
export const networkOfIpv4 = (word: number): number => word >>> 8;

/** The /56 of an address, given as its first two words. */
export const networkOfIpv6 = (first: number, second: number): number =>
  Math.imul(first, 0x9e37_79b1) ^ (second >>> 8) ^ 0x8000_0000;

/**
 * Buckets as BIND has them: one answer is taken out for each, `rate` come in each second, `rate` is the most and a
 * window's worth the least. A cell holds the time at which its bucket will be full again, in answers (the generic cell
 * rate algorithm), so taking is one compare-and-exchange and the sum over all threads is exact.
 */
export class RateTable {
  private readonly rates: readonly number[];
  private readonly debts: readonly number[];
  private readonly suppressed = new Uint8Array(PLACES);
  private readonly slip: number;

  constructor(private readonly shared: SharedRates) {
    const { rates } = shared;
    this.rates = RATED.map((kind) => rates[kind]);
    this.debts = this.rates.map((rate) => Math.min(MAX_DEBT, rate * rates.windowSeconds));
    this.slip = rates.slip;
  }

  isLimited(kind: number): boolean {
    return this.rates[kind] !== 0;
  }

  /** Where equal answers to a network are counted: those for one name, of any case, and type. */
  placeOfName(
    network: number,
    kind: number,
    type: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    let hash = this.begin(network, kind, type);
    for (let i = start; i < end; i++) {
      const octet = bytes[i]!;
      hash = Math.imul(hash ^ (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet), 0x0100_0193);
    }
    return finish(hash);
  }

  /** The same for what is not there, which is equal within a zone. */
  placeOfZone(network: number, kind: number, zone: number): number {
    return finish(this.begin(network, kind, zone));
  }

  /** Takes one answer out; false: there was none left. */
  take(place: number, kind: number, nowMs: number): boolean {
    const { cells, originMs } = this.shared;
    const rate = this.rates[kind]!;
    const most = rate + this.debts[kind]!;
    const now = Math.floor((Math.max(0, nowMs - originMs) * rate) / 1000) % 2 ** 32;
    for (;;) {
      const cell = Atomics.load(cells, place);
      const ahead = (cell - now) >>> 0;
      // More than can be written is long past.
      const missing = ahead > most ? 0 : ahead;
      const next = (now + Math.min(most, missing + 1)) >>> 0;
      if (Atomics.compareExchange(cells, place, cell, next) === cell) return missing < rate;
    }
  }

  /** Of an answer that is over the rate, whether this one is to be sent cut: every so-manieth. */
  isSlipped(place: number): boolean {
    if (this.slip === 0) return false;
    const count = this.suppressed[place]! + 1;
    const isDue = count >= this.slip;
    this.suppressed[place] = isDue ? 0 : count;
    return isDue;
  }

  private begin(network: number, kind: number, what: number): number {
    const hash = Math.imul(network ^ this.shared.seed, 0x85eb_ca6b);
    return Math.imul(hash ^ (hash >>> 15) ^ (kind << 16) ^ what, 0x2c1b_3c6d);
  }
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 15)) & (PLACES - 1);
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
