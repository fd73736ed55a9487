import type { ActionRepository } from '@sekisho/persistence';
import { setTimeout as wait } from 'node:timers/promises';

/** Moves what is due, and what falls due before the next call at its moment. Two workers at once do no harm. */
export async function settleActions(
  actions: Pick<ActionRepository, 'settleDue'>,
  { now, withinMs }: { now: () => Date; withinMs: number },
): Promise<void> {
  const until = now().getTime() + withinMs;
  for (;;) {
    const next = await actions.settleDue(now());
    const left = (next ?? Infinity) - now().getTime();
    if (left > until - now().getTime() || now().getTime() >= until) return;
    await wait(Math.max(1, left));
  }
}
