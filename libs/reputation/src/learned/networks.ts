import {
  fade,
  FAST_S,
  networksOf,
  NO_NEIGHBOURHOOD,
  SLOW_S,
  type Neighbourhood,
  type NetworkCount,
} from './evidence.js';

/** New reports by network and reporter. */
export class Networks {
  readonly #rows = new Map<string, NetworkCount[]>();

  #rowOf(network: string, reporter: number): NetworkCount {
    let rows = this.#rows.get(network);
    if (rows === undefined) this.#rows.set(network, (rows = []));
    let row = rows.find((count) => count.reporter === reporter);
    if (row === undefined) rows.push((row = { reporter, fast: 0, slow: 0, at: 0, known: 0 }));
    return row;
  }

  /** A reporter names a subject for the first time. */
  meet(subject: string, reporter: number): void {
    for (const network of networksOf(subject) ?? []) this.#rowOf(network, reporter).known++;
  }

  /** A new report at `at`, seconds since 1970. */
  count(subject: string, reporter: number, at: number): void {
    for (const network of networksOf(subject) ?? []) {
      const row = this.#rowOf(network, reporter);
      row.fast = row.fast * fade(at - row.at, FAST_S) + 1;
      row.slow = row.slow * fade(at - row.at, SLOW_S) + 1;
      row.at = Math.max(row.at, at);
    }
  }

  around(subject: string): Neighbourhood {
    const networks = networksOf(subject);
    if (networks === undefined) return NO_NEIGHBOURHOOD;
    return { near: this.#rows.get(networks[0]) ?? [], wide: this.#rows.get(networks[1]) ?? [] };
  }
}
