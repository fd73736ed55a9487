/** A copy: in V8 a piece of a text keeps all of the text, here a whole request, for as long as the piece is kept. */
const apart = (piece: string): string => ` ${piece}`.slice(1);

/**
 * What was noted of the keys that were put last: of the last `most / 2` at least, of `most` at most. Keys are forgotten by the
 * half, all that were not put since: taking the oldest one out of a Map each time would cost tens of microseconds, since
 * V8 steps over the places of all that were taken out before it.
 */
export class RecentKeys<T> {
  private young = new Map<string, T>();
  private old = new Map<string, T>();
  private readonly half: number;

  constructor(most: number) {
    this.half = Math.max(1, Math.ceil(most / 2));
  }

  get(key: string): T | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** As `get`, and what is known counts as put last. */
  use(key: string): T | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.put(key, old);
    return old;
  }

  put(key: string, value: T): void {
    // A key that is known stays the text that it is.
    if (this.young.has(key)) {
      this.young.set(key, value);
      return;
    }
    if (this.young.size >= this.half) [this.old, this.young] = [this.young, new Map<string, T>()];
    this.young.set(apart(key), value);
  }

  /** Keys that take memory; one that was put in both halves takes it twice. */
  get size(): number {
    return this.young.size + this.old.size;
  }
}
