import type { ReportInput } from '@sekisho/report';
import { findingOf, type Finding } from './finding.js';
import type { LogEvent } from './refusal.js';
import type { Skip } from './skip-reason.js';

/** One or two unknown recipients are a typing error or an old address book. */
const LEAST: Partial<Record<LogEvent['evidence'], number>> = { 'unknown-user': 3 };

interface Sighting extends LogEvent {
  readonly firstAt: number;
}

/** Log lines about one client for one reason, counted together. Holds no more than the number of clients it is told to. */
export class Sightings {
  private readonly seen = new Map<string, Sighting>();
  constructor(private readonly capacity = 5_000) {}

  get isFull(): boolean {
    return this.seen.size >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.seen.size === 0;
  }

  add(event: LogEvent): void {
    const key = `${event.ip} ${event.category} ${event.evidence}`;
    const before = this.seen.get(key);
    this.seen.set(key, {
      ...event,
      at: Math.max(event.at, before?.at ?? event.at),
      firstAt: Math.min(event.at, before?.firstAt ?? event.at),
      count: event.count + (before?.count ?? 0),
    });
  }

  /** What was seen, in the order of first lines; afterwards it is empty. The same events give the same reports. */
  drain(): Finding {
    const reports: ReportInput[] = [];
    const skipped: Skip[] = [];
    for (const { ip, category, evidence, at, firstAt, count } of this.seen.values()) {
      if (count < (LEAST[evidence] ?? 1)) {
        for (let i = 0; i < count; i++) skipped.push({ reason: 'below-threshold' });
        continue;
      }
      const found = findingOf([
        { type: 'ip', value: ip, category, evidence, seenAt: at, firstSeenAt: firstAt, count },
      ]);
      reports.push(...found.reports);
      skipped.push(...found.skipped);
    }
    this.seen.clear();
    return { reports, skipped };
  }
}
