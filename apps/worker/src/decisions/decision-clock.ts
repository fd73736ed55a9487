// Sees to it that a decision of people counts from its first moment and no longer than to its last, whoever made it and
// whether or not anybody was told: what is due stands in the database.
import type { DecisionRepository } from '@sekisho/persistence';
import type { Subject } from '@sekisho/subject';

/** Decisions at a time. */
const BATCH = 200;
/** At the latest then it looks again; a notification or the time of a decision comes before. */
const LOOK_AGAIN_MS = 30_000;

export interface DecisionEffects {
  readonly score: (subjects: readonly Subject[]) => Promise<void>;
  /** What lies in a network that is never to be listed, and what campaigns claim. */
  readonly reviewDependents: () => Promise<void>;
}

export class DecisionClock {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isWanted = false;
  private isClosed = false;

  constructor(
    private readonly decisions: Pick<DecisionRepository, 'due' | 'nextDue' | 'seenTo' | 'makeDependentsDue'>,
    private readonly effects: DecisionEffects,
    private readonly now: () => Date,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Looks for what is due, now and whenever the next decision begins or ends. */
  wake(): void {
    this.isWanted = true;
    if (this.isClosed) return;
    this.running ??= this.rounds().finally(() => {
      this.running = undefined;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async rounds(): Promise<void> {
    while (this.isWanted && !this.isClosed) {
      this.isWanted = false;
      clearTimeout(this.timer);
      const waitMs = await this.seeToAll().catch((error: unknown) => {
        this.onError(error);
        return LOOK_AGAIN_MS;
      });
      this.timer = setTimeout(() => {
        this.wake();
      }, waitMs);
    }
    if (this.isClosed) clearTimeout(this.timer);
  }

  /** @returns how long nothing is due, in milliseconds */
  private async seeToAll(): Promise<number> {
    while (!this.isClosed && (await this.seeToSome()));
    const next = await this.decisions.nextDue();
    const untilNext = next ? next.getTime() - this.now().getTime() : Infinity;
    return Math.min(LOOK_AGAIN_MS, Math.max(0, untilNext));
  }

  /** @returns whether there may be more */
  private async seeToSome(): Promise<boolean> {
    const due = await this.decisions.due(this.now(), BATCH);
    if (due.length === 0) return false;
    await this.effects.score(due.map(({ subject }) => subject));
    if ((await this.decisions.makeDependentsDue(due, this.now())) > 0) await this.effects.reviewDependents();
    // Last: a worker that dies before leaves the rest to the next one.
    await this.decisions.seenTo(due, this.now());
    return due.length === BATCH;
  }
}
