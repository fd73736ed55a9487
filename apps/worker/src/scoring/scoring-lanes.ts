// Many receipts are scored at once and nearly always share some subject. Each subject has one lane, so that this process
// never waits for a row that it holds itself, and a subject that several receipts wait for is scored once for all of them.
import { formatSubject, type Subject } from '@sekisho/subject';

/** Scores a batch, resolves to what is to be scored next. Each subject of a batch is there once. */
export type ScoreBatch = (subjects: readonly Subject[]) => Promise<readonly Subject[]>;

interface Waiting {
  readonly subject: Subject;
  readonly settled: Promise<undefined>;
  readonly settle: (outcome: Promise<undefined>) => void;
}

export class ScoringLanes {
  private readonly lanes: Map<string, Waiting>[];
  private readonly running: boolean[];

  constructor(
    private readonly scoreBatch: ScoreBatch,
    private readonly options: { readonly lanes: number; readonly batch: number },
  ) {
    this.lanes = Array.from({ length: options.lanes }, () => new Map<string, Waiting>());
    this.running = this.lanes.map(() => false);
  }

  /**
   * Resolves when each subject, and what follows from it, has been scored from evidence read after this call.
   * Rejects with the failure of the first batch that failed.
   */
  async score(subjects: readonly Subject[]): Promise<void> {
    await Promise.all(subjects.map((subject) => this.enqueue(subject)));
  }

  private enqueue(subject: Subject): Promise<void> {
    const key = formatSubject(subject);
    const at = laneOf(key, this.lanes.length);
    const lane = this.lanes[at];
    // Still waiting: the evidence has not been read, so one scoring answers both.
    const before = lane?.get(key);
    if (before) return before.settled;
    const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
    lane?.set(key, { subject, settled, settle });
    if (!this.running[at]) void this.run(at);
    return settled;
  }

  private async run(at: number): Promise<void> {
    const lane = this.lanes[at];
    this.running[at] = true;
    // One turn, so that all subjects of the receipt that began this come with it.
    await Promise.resolve();
    while (lane && lane.size > 0) {
      const batch = [...lane.entries()].slice(0, this.options.batch);
      for (const [key] of batch) lane.delete(key);
      const scored = this.scoreBatch(batch.map(([, { subject }]) => subject));
      // What follows goes its own way: it may be for this very lane.
      const followed = scored.then((next) => this.score(next)).then(() => undefined);
      for (const [, { settle }] of batch) settle(followed);
      await scored.catch(() => undefined);
    }
    this.running[at] = false;
  }
}

/** FNV-1a; the same for a subject in every call. */
function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % lanes;
}
