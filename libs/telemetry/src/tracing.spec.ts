import { describe, expect, it } from 'vitest';
import { NO_TRACING, startTracing } from './tracing.js';

describe('tracing', () => {
  it('is nothing at all without a collector', async () => {
    const tracing = await startTracing({
      ...{ name: 'x', url: undefined, percent: 100 },
      onError: () => undefined,
    });
    expect(tracing).toBe(NO_TRACING);
    expect(tracing.parent()).toBeUndefined();
    expect(await tracing.span('a', {}, () => Promise.resolve(tracing.parent()))).toBeUndefined();
  });
});
