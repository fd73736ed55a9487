import { Counter, Gauge, Histogram, type Logger, type Registry } from '@sekisho/telemetry';

const ALARM_PERIOD_MS = 60_000;

type Counted = [text: string, one: boolean, other: boolean];
type LabelsOf = (...counted: Counted) => Record<string, string>;

/**
 * Counts by one text and two bits. A decision costs an addition in it; the registry's own counters look their labels up anew each
 * time, so they get the sums when somebody reads them.
 */
class Tally {
  private readonly counts = new Map<string, number[]>();

  add(text: string, one = false, other = false): void {
    let counts = this.counts.get(text);
    if (!counts) {
      counts = [0, 0, 0, 0];
      this.counts.set(text, counts);
    }
    const place = (one ? 1 : 0) + (other ? 2 : 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }

  /** What was counted at all. */
  forEach(visit: (count: number, ...counted: Counted) => void): void {
    for (const [text, counts] of this.counts)
      for (const [place, count] of counts.entries())
        if (count > 0) visit(count, text, (place & 1) > 0, (place & 2) > 0);
  }
}

const yes = (is: boolean) => (is ? 'yes' : 'no');

/** What is counted, and the alarm when mail flows unjudged. */
export class Figures {
  private readonly decisions = new Tally();
  private readonly passes = new Tally();
  private readonly open = new Tally();
  private readonly reloads: Counter<'result'>;
  private readonly malformed: Counter;
  private readonly connections: Gauge;
  private readonly usable: Gauge;
  private readonly seconds: Histogram;
  private alarmedAtMs = Number.NEGATIVE_INFINITY;
  private sinceAlarm = 0;

  constructor(
    registry: Registry,
    private readonly logger: Logger,
  ) {
    const registers = [registry];
    const register = (name: string, help: string, tally: Tally, labelsOf: LabelsOf) =>
      new Counter({
        ...{ name: `sekisho_policyd_${name}`, help, registers },
        labelNames: Object.keys(labelsOf('', false, false)),
        collect() {
          this.reset();
          tally.forEach((count, ...counted) => {
            this.inc(labelsOf(...counted), count);
          });
        },
      });
    register(
      'decisions_total',
      'Decisions by a rule or a deny list; over: a rate was exceeded',
      this.decisions,
      (action, isShadow, isOver) => ({ action, shadow: yes(isShadow), over: yes(isOver) }),
    );
    register('passed_total', 'Answers without an opinion, by why', this.passes, (because) => ({ because }));
    register(
      'fail_open_total',
      'Answers without an opinion because the edge gave none that counts',
      this.open,
      (reason) => ({ reason }),
    );
    this.reloads = new Counter({
      name: 'sekisho_policyd_policy_reloads_total',
      help: 'Times that the policy file was read again',
      labelNames: ['result'],
      registers,
    });
    this.malformed = new Counter({
      name: 'sekisho_policyd_malformed_total',
      help: 'Connections closed because of what they sent',
      registers,
    });
    this.connections = new Gauge({
      name: 'sekisho_policyd_connections',
      help: 'Open connections',
      registers,
    });
    this.usable = new Gauge({
      name: 'sekisho_policyd_edge_usable',
      help: '1 while the edge passes its self-test and says that it is fresh',
      registers,
    });
    this.seconds = new Histogram({
      name: 'sekisho_policyd_decision_seconds',
      help: 'From the request to its answer, of requests for which the edge was asked',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
      registers,
    });
  }

  decided(action: string, isShadow: boolean, isOver: boolean): void {
    this.decisions.add(action, isShadow, isOver);
  }

  passed(because: string): void {
    this.passes.add(because);
  }

  /** Counts, and alarms: the first at once, then what came since, once a minute. */
  failedOpen(reason: string): void {
    this.open.add(reason);
    this.sinceAlarm++;
    const nowMs = performance.now();
    if (nowMs - this.alarmedAtMs < ALARM_PERIOD_MS) return;
    this.logger.error(
      { reason, requests: this.sinceAlarm },
      'mail flows unjudged: the edge gave no answer that counts',
    );
    this.alarmedAtMs = nowMs;
    this.sinceAlarm = 0;
  }

  edgeUsable(isUsable: boolean): void {
    this.usable.set(isUsable ? 1 : 0);
  }

  reloaded(isGood: boolean): void {
    this.reloads.inc({ result: isGood ? 'good' : 'broken' });
  }

  connected(change: 1 | -1): void {
    this.connections.inc(change);
  }

  refusedConnection(): void {
    this.malformed.inc();
  }

  took(seconds: number): void {
    this.seconds.observe(seconds);
  }
}
