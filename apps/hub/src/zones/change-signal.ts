/** Long polling: those who wait look again whenever something may have changed. */
export class ChangeSignal {
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  wakeAll(): void {
    for (const wake of this.waiting) wake();
  }

  /** Ends all waiting, now and later. */
  close(): void {
    this.isClosed = true;
    this.wakeAll();
  }

  /** What `look` finds, as soon as it finds something; undefined when it found nothing in `waitMs`. */
  async waitFor<T>(look: () => Promise<T | undefined>, waitMs: number): Promise<T | undefined> {
    const time = { isOver: waitMs === 0 };
    let wake: (() => void) | undefined;
    const again = () => wake?.();
    const timer = setTimeout(() => {
      time.isOver = true;
      again();
    }, waitMs);
    this.waiting.add(again);
    try {
      for (;;) {
        // Listening starts before looking: a change between the two wakes us.
        const { promise, resolve } = Promise.withResolvers<undefined>();
        wake = () => {
          resolve(undefined);
        };
        const found = await look();
        if (found !== undefined) return found;
        if (time.isOver || this.isClosed) return undefined;
        await promise;
      }
    } finally {
      clearTimeout(timer);
      this.waiting.delete(again);
    }
  }
}
