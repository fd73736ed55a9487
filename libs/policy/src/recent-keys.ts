/** A copy: in V8 a piece of a text keeps all of the text, here a whole request, for as long as the piece is kept. */
const apart = (piece: string): string => ` ${piece}`.slice(1);

/** The last `most` keys and what was noted of them; the oldest is forgotten first. */
export class RecentKeys<T> {
  private readonly kept = new Map<string, T>();

  constructor(private readonly most: number) {}

  get(key: string): T | undefined {
    return this.kept.get(key);
  }

  put(key: string, value: T): void {
    this.kept.delete(key);
    this.kept.set(apart(key), value);
    if (this.kept.size <= this.most) return;
    for (const oldest of this.kept.keys()) {
      this.kept.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  get size(): number {
    return this.kept.size;
  }
}
