// The life of an alert: open, seen, found, observing, closed. One alert is one episode of one subject of one owner.
import { FEEDBACK } from './model.js';
import { magnitudeOf } from './digest.js';
import type { Standing } from './standing.js';

export type AlertState = 'open' | 'seen' | 'found' | 'observing' | 'closed';

export const ANSWERS = ['seen', 'found', 'fixed'] as const;
export type Answer = (typeof ANSWERS)[number];

/** What a scoring says of a subject. Times are milliseconds since 1970; counts are of others' reports only. */
export interface Observation {
  readonly isSuspect: boolean;
  readonly count: number;
  /** The latest that others saw of it. */
  readonly lastSeen: number;
  /** The latest that a second of them saw of it; 0 when there is none. */
  readonly confirmedSeen: number;
}

export interface Alert {
  readonly state: AlertState;
  readonly count: number;
  readonly lastSeen: number;
  /** When the owner was last told, and of which order of magnitude. */
  readonly toldAt: number;
  readonly toldMagnitude: number;
  readonly answeredAt: number | undefined;
  /** Of the fix under observation, the one that held, or one that a single member says did not (`open` again). */
  readonly fixedAt: number | undefined;
  /** When the observation ends. */
  readonly quietAt: number | undefined;
  /** Whether a quiet end of the observation ends the listing. */
  readonly endsEarly: boolean;
  readonly failedFixes: number;
  readonly closedAt: number | undefined;
  /** `fixed`: quiet after a fix; `faded`: the score fell by itself. */
  readonly outcome: 'fixed' | 'faded' | undefined;
}

/** What the owner is told. */
export type AlertChange = 'opened' | 'grown' | 'reappeared' | 'quiet' | 'faded';

export interface Changed {
  readonly alert: Alert;
  readonly change: AlertChange | undefined;
}

/** An answer that an alert does not take. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
  readonly kind = 'Rejected';
  readonly code = 'alert-closed';
  constructor() {
    super('the alert is closed; a new one opens if the subject is seen again');
  }
}

/** The latest that any of them saw, and that a second of them did. */
export function latestOf(
  abuse: readonly { readonly reporter: string; readonly lastSeen: number }[],
): Pick<Observation, 'lastSeen' | 'confirmedSeen'> {
  const byReporter = new Map<string, number>();
  for (const { reporter, lastSeen } of abuse) {
    byReporter.set(reporter, Math.max(byReporter.get(reporter) ?? 0, lastSeen));
  }
  const [lastSeen = 0, confirmedSeen = 0] = [...byReporter.values()].sort((a, b) => b - a);
  return { lastSeen, confirmedSeen };
}

/** The alert of a subject that had none open; undefined when it is not suspect. */
export function firstObserved({ isSuspect, count, lastSeen }: Observation, now: number): Changed | undefined {
  if (!isSuspect) return undefined;
  const never = { answeredAt: undefined, fixedAt: undefined, quietAt: undefined, closedAt: undefined };
  const told = { toldAt: now, toldMagnitude: magnitudeOf(count) };
  return {
    alert: {
      ...{ state: 'open', count, lastSeen, ...told, ...never },
      ...{ endsEarly: true, failedFixes: 0, outcome: undefined },
    },
    change: 'opened',
  };
}

/** What a new scoring makes of an open alert. Doing it twice with the same observation changes nothing. */
export function observed(alert: Alert, observation: Observation, now: number): Changed {
  if (alert.state === 'closed') return { alert, change: undefined };
  const { count, isSuspect } = observation;
  const lastSeen = Math.max(alert.lastSeen, observation.lastSeen);
  const next = { ...alert, count, lastSeen };
  const isSince = (seen: number): boolean =>
    alert.fixedAt !== undefined && seen > alert.fixedAt + FEEDBACK.graceMs;
  // One member's word opens the alert again. It costs the owner's standing nothing: a competitor could say it of every fix.
  const failed = isSince(observation.confirmedSeen)
    ? { fixedAt: undefined, failedFixes: alert.failedFixes + 1 }
    : {};
  if (alert.state === 'observing' && isSince(lastSeen)) {
    const reopened: Alert = { ...next, ...failed, state: 'open', quietAt: undefined };
    return { alert: told(reopened, now), change: 'reappeared' };
  }
  return progressed(alert, { ...next, ...failed }, isSuspect, now);
}

function progressed(alert: Alert, next: Alert, isSuspect: boolean, now: number): Changed {
  if (!isSuspect && alert.state !== 'observing') {
    return {
      alert: told({ ...next, state: 'closed', closedAt: now, outcome: 'faded' }, now),
      change: 'faded',
    };
  }
  const hasGrown = magnitudeOf(next.count) > alert.toldMagnitude;
  if (hasGrown && isSuspect && now >= alert.toldAt + FEEDBACK.digestMs) {
    return { alert: told(next, now), change: 'grown' };
  }
  return { alert: next, change: undefined };
}

const told = (alert: Alert, now: number): Alert => ({
  ...alert,
  toldAt: now,
  toldMagnitude: magnitudeOf(alert.count),
});

/** Closes an alert whose fix stayed quiet until now. */
export function reviewed(alert: Alert, now: number): Changed {
  if (alert.state !== 'observing' || alert.quietAt === undefined || alert.quietAt > now) {
    return { alert, change: undefined };
  }
  return {
    alert: told({ ...alert, state: 'closed', closedAt: now, outcome: 'fixed' }, now),
    change: 'quiet',
  };
}

const RANK: Readonly<Record<AlertState, number>> = { open: 0, seen: 1, found: 2, observing: 3, closed: 4 };

/**
 * The owner's answer. One that says no more than the last changes nothing, so that repeating "fixed" neither shortens nor
 * prolongs the observation.
 * @throws {AnswerRefused} alert-closed
 */
export function answered(alert: Alert, answer: Answer, standing: Standing, now: number): Alert {
  if (alert.state === 'closed') throw new AnswerRefused();
  const state = answer === 'fixed' ? 'observing' : answer;
  if (RANK[state] <= RANK[alert.state]) return alert;
  const next: Alert = { ...alert, state, answeredAt: alert.answeredAt ?? now };
  if (state !== 'observing') return next;
  const { observationMs, endsEarly } = standing;
  return { ...next, fixedAt: now, quietAt: now + observationMs, endsEarly };
}
