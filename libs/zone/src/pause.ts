// Long computations are generators that yield undefined between short stretches of work, so that whoever runs them can
// let others have their turn. What they read must not change meanwhile: see ZoneIndex.frozen.

/** Yields undefined now and then, and in the end returns its result. */
export type Stretches<T> = Generator<undefined, T, undefined>;

/** Steps of well below a microsecond each: a stretch is some tenths of a millisecond. */
const STEPS = 500;

/** Counts steps; after so many it is time for a pause. */
export class Steps {
  private left = STEPS;

  get isDue(): boolean {
    if (--this.left > 0) return false;
    this.left = STEPS;
    return true;
  }
}

interface Visitable<V> {
  visitSome(from: number, count: number, visit: V): number;
}

/** Visits all of a table. */
export function* visitAll<V>(table: Visitable<V>, visit: V): Stretches<void> {
  for (let at = 0; at >= 0;) {
    at = table.visitSome(at, STEPS, visit);
    yield undefined;
  }
}

/** The result of a long computation, at once. */
export function finished<T>(computation: Stretches<T>): T {
  for (;;) {
    const { done, value } = computation.next();
    if (done) return value;
  }
}
