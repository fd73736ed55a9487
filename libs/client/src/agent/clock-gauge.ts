import { z } from 'zod';
import type { HubSession } from '../hub-session.js';
import type { ClientRuntime } from '../runtime.js';

const clockQuery = { text: '{ clock }', schema: z.object({ clock: z.number() }) };
/** Of several answers the quickest is the most exact: at most half of its time is unknown (RFC 5905 section 8). */
const SAMPLES = 4;

/** How far this machine's clock is ahead of the hub's. */
export class ClockGauge {
  offsetMs = 0;

  constructor(private readonly runtime: ClientRuntime) {}

  async measure(session: HubSession): Promise<void> {
    let best: { tookMs: number; offsetMs: number } | undefined;
    for (let i = 0; i < SAMPLES; i++) {
      const before = this.runtime.now();
      const { clock } = await session.call(clockQuery, {});
      const after = this.runtime.now();
      const sample = { tookMs: after - before, offsetMs: (before + after) / 2 - clock };
      if (!best || sample.tookMs < best.tookMs) best = sample;
    }
    this.offsetMs = best?.offsetMs ?? this.offsetMs;
  }
}
