import { isCopying, VOICE, voiceOf } from '../voice.js';

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

  /** Of each reporter whom it follows in the end, itself if nobody; a third that follows two does not join them. */
  voices(reporters: number): number[] {
    const leaders = new Map<number, number>();
    const most = new Map<number, number>();
    for (const [key, both] of [...this.#followed].sort(([a], [b]) => a - b)) {
      const reporter = Math.floor(key / 65_536);
      if (!isCopying(both, this.#reported.get(reporter) ?? 0)) continue;
      if (both <= (most.get(reporter) ?? 0)) continue;
      most.set(reporter, both);
      leaders.set(reporter, key % 65_536);
    }
    return Array.from({ length: reporters }, (_, reporter) => voiceOf(reporter, leaders));
  }
}

/** Seconds within which a second report may be a copy of the first. */
export const FOLLOW_S = VOICE.followMs / 1_000;
