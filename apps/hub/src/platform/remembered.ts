/** What was read, for a while: who asks meanwhile asks no database. A read that fails leaves what was known before. */
export class Remembered<T> {
  private known: T | undefined;
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly options: { readonly forMs: number; readonly onError: (error: unknown) => void },
  ) {}

  /** undefined: it could never be read. */
  async at(now: Date): Promise<T | undefined> {
    if (now.getTime() - this.readAt >= this.options.forMs) {
      this.reading ??= this.refresh(now);
      await this.reading;
    }
    return this.known;
  }

  private async refresh(now: Date): Promise<void> {
    try {
      this.known = await this.read();
    } catch (error) {
      this.options.onError(error);
    }
    this.readAt = now.getTime();
    this.reading = undefined;
  }
}
