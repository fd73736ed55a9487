// What members and mail servers see while the faults happen.
import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** As a resolver's own list of two servers: half a second for each, then the next. */
const RESOLVER = { timeout: 500, tries: 3 };
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/** The return codes of a name, none when it is not listed. @throws when no server answered */
export async function ask(ports: readonly number[], name: string): Promise<string[]> {
  // One for each question: a resolver of Node remembers answers.
  const resolver = new Resolver(RESOLVER);
  resolver.setServers(ports.map((port) => `127.0.0.1:${String(port)}`));
  try {
    return (await resolver.resolve4(name)).sort();
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

export interface LookupCount {
  readonly asked: number;
  readonly slowestMs: number;
  /** When and why, of those that nobody answered. */
  readonly unanswered: readonly string[];
}

/** Asks all edges in turn ten times a second until stopped, as mail servers do. */
export async function watchLookups(
  ports: readonly number[],
  nextName: () => string,
  stop: AbortSignal,
): Promise<LookupCount> {
  const unanswered: string[] = [];
  let [asked, slowestMs] = [0, 0];
  while (!stop.aborted) {
    const start = performance.now();
    const order = asked % 2 === 0 ? ports : ports.toReversed();
    asked += 1;
    try {
      await ask(order, nextName());
      slowestMs = Math.max(slowestMs, performance.now() - start);
    } catch (error) {
      unanswered.push(`${new Date().toISOString()} ${String((error as NodeJS.ErrnoException).code)}`);
    }
    await sleep(100);
  }
  return { asked, slowestMs, unanswered };
}

interface Changes {
  readonly from: number;
  readonly to: number;
  readonly announce: readonly (readonly [string, readonly string[]])[];
  readonly withdraw: readonly string[];
}

/** Follows one zone's changes as an edge does, and holds that each begins where the one before ended. */
export class ChangeSubscriber {
  readonly listed = new Map<string, readonly string[]>();
  readonly violations: string[] = [];
  changes = 0;
  serial: number;

  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string, serial: number) {
    this.url = url;
    this.token = token;
    this.serial = serial;
  }

  async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        if (!(await this.takeOne(stop))) await sleep(50);
      } catch {
        // The hub is away, which is part of the test.
        await sleep(200);
      }
    }
  }

  /** @returns whether there was a change */
  async takeOne(stop?: AbortSignal): Promise<boolean> {
    const answer = await fetch(`${this.url}/changes?since=${String(this.serial)}&wait=1`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.any([AbortSignal.timeout(5_000), ...(stop ? [stop] : [])]),
    });
    if (answer.status === 410) this.violations.push(`what came after serial ${String(this.serial)} is lost`);
    if (answer.status !== 200) return false;
    const change = (await answer.json()) as Changes;
    if (change.from !== this.serial || change.to <= change.from) {
      this.violations.push(
        `had ${String(this.serial)}, was sent ${String(change.from)} to ${String(change.to)}`,
      );
    }
    for (const subject of change.withdraw) {
      if (!this.listed.delete(subject)) this.violations.push(`${subject} withdrawn, and was not announced`);
    }
    for (const [subject, codes] of change.announce) this.listed.set(subject, codes);
    this.changes += 1;
    this.serial = change.to;
    return true;
  }
}
