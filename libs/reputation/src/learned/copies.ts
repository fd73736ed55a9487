import { wilsonInterval } from '../quality/wilson.js';

/** Who follows whom: two reporters that report the same subjects in the same order are one voice. */
export class Copies {
  readonly #followed = new Map<number, number>();
  readonly #reported = new Map<number, number>();

  /** A new report; `before` are the other reporters that had named the subject within FOLLOW_S. */
  add(reporter: number, before: readonly number[]): void {
    this.#reported.set(reporter, (this.#reported.get(reporter) ?? 0) + 1);
    for (const other of before) {
      const key = reporter * 65_536 + other;
      this.#followed.set(key, (this.#followed.get(key) ?? 0) + 1);
    }
  }

  /** For each reporter the smallest number among those it is one voice with. */
  voices(reporters: number): number[] {
    const voice = Array.from({ length: reporters }, (_, reporter) => reporter);
    const rootOf = (reporter: number): number => {
      const next = voice[reporter] ?? reporter;
      return next === reporter ? reporter : rootOf(next);
    };
    for (const [key, both] of [...this.#followed].sort(([a], [b]) => a - b)) {
      const reporter = Math.floor(key / 65_536);
      if (both < MIN_FOLLOWED || lowerBound(both, this.#reported.get(reporter) ?? 0) < COPY_SHARE) continue;
      const [a, b] = [rootOf(reporter), rootOf(key % 65_536)];
      voice[Math.max(a, b)] = Math.min(a, b);
    }
    return voice.map((_, reporter) => rootOf(reporter));
  }
}

/** Seconds within which a second report may be a copy of the first. */
export const FOLLOW_S = 6 * 3_600;
const MIN_FOLLOWED = 50;
const COPY_SHARE = 0.5;

/** Lower end of the 95 % interval of a share, 0..1. */
export const lowerBound = (hits: number, total: number): number => wilsonInterval(hits, total).low;
