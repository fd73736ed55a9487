// What a zone was at earlier serials, kept as the former codes of what changed since: enough to tell a secondary the
// difference (RFC 1995) without keeping the earlier zone.
import { formatSubject, type Subject } from '@sekisho/subject';
import { Steps, type Stretches } from './pause.js';
import type { ReturnCode } from './return-code.js';
import type { ZoneDelta } from './zone-content.js';
import type { ZoneIndex } from './zone-index.js';

/** A subject that a delta changed, and the codes that it had before; undefined: it was not listed. */
export interface FormerEntry {
  readonly subject: Subject;
  readonly codes: readonly ReturnCode[] | undefined;
}

/** A delta that was applied, with what it replaced. */
export interface HistoryStep {
  readonly delta: ZoneDelta;
  readonly former: readonly FormerEntry[];
}

/** The step that a delta will be; to be taken before the delta is applied. */
export function stepOf(index: ZoneIndex, delta: ZoneDelta): HistoryStep {
  const subjects = new Map<string, Subject>();
  for (const subject of delta.withdraw) subjects.set(formatSubject(subject), subject);
  for (const { subject } of delta.announce) subjects.set(formatSubject(subject), subject);
  const former = Array.from(subjects.values(), (subject) => ({
    subject,
    codes: index.codesOfEntry(subject),
  }));
  return { delta, former };
}

/** The last steps of a zone, each continuing the one before; the oldest go when there are too many changes. */
export class ZoneHistory {
  private steps: HistoryStep[] = [];
  private changes = 0;

  constructor(
    /** How many changed subjects are remembered over all steps. */
    private readonly maxChanges: number,
  ) {}

  get size(): number {
    return this.changes;
  }

  /** The serial that the newest step leads to. */
  get serial(): number | undefined {
    return this.steps.at(-1)?.delta.to;
  }

  /** A step that does not continue the last one starts a new history. */
  add(step: HistoryStep): void {
    if (this.serial !== undefined && this.serial !== step.delta.from) this.clear();
    this.steps.push(step);
    this.changes += step.former.length;
    let dropped = 0;
    while (this.changes > this.maxChanges && dropped < this.steps.length) {
      this.changes -= this.steps[dropped]?.former.length ?? 0;
      dropped++;
    }
    if (dropped > 0) this.steps = this.steps.slice(dropped);
  }

  clear(): void {
    this.steps = [];
    this.changes = 0;
  }

  all(): readonly HistoryStep[] {
    return this.steps;
  }

  /** The steps from the serial that DNS shows as `since`; undefined when the history does not reach back to it. */
  stepsSince(since: number): readonly HistoryStep[] | undefined {
    const first = this.steps.findIndex(({ delta }) => delta.from % 2 ** 32 === since);
    return first < 0 ? undefined : this.steps.slice(first);
  }
}

/** What was different before these steps: each changed subject once, as it was then. */
export function* formerOf(steps: readonly HistoryStep[]): Stretches<readonly FormerEntry[]> {
  const former = new Map<string, FormerEntry>();
  const pause = new Steps();
  for (const step of steps) {
    for (const entry of step.former) {
      const key = formatSubject(entry.subject);
      if (!former.has(key)) former.set(key, entry);
      if (pause.isDue) yield undefined;
    }
  }
  return [...former.values()];
}
