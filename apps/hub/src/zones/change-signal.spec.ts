import { describe, expect, it, vi } from 'vitest';
import { ChangeSignal } from './change-signal.js';

const nothing = (): Promise<string | undefined> => Promise.resolve(undefined);

describe('waiting for a change', () => {
  it('looks once and gives up at once when nobody wants to wait', async () => {
    const look = vi.fn(nothing);
    expect(await new ChangeSignal().waitFor(look, 0)).toBeUndefined();
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('looks again when woken, also when that happens while it is looking', async () => {
    const signal = new ChangeSignal();
    let calls = 0;
    const found = await signal.waitFor(() => {
      calls += 1;
      if (calls === 1) signal.wakeAll();
      return Promise.resolve(calls === 2 ? 'changed' : undefined);
    }, 60_000);
    expect(found).toBe('changed');
  });

  it('ends when the time is over, and when the hub closes', async () => {
    vi.useFakeTimers();
    try {
      const signal = new ChangeSignal();
      const late = signal.waitFor(nothing, 1_000);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await late).toBeUndefined();
      const closed = signal.waitFor(nothing, 60_000);
      await vi.advanceTimersByTimeAsync(0);
      signal.close();
      expect(await closed).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });
});
