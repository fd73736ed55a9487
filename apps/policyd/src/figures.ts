import { Counter, Gauge, Histogram, type Logger, type Registry } from '@sekisho/telemetry';

const ALARM_PERIOD_MS = 60_000;

/** What is counted, and the alarm when mail flows unjudged. */
export class Figures {
  private readonly decisions: Counter<'action' | 'shadow' | 'over'>;
  private readonly passes: Counter<'because'>;
  private readonly open: Counter<'reason'>;
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
    this.decisions = new Counter({
      name: 'sekisho_policyd_decisions_total',
      help: 'Decisions by a rule or a deny list; over: a rate was exceeded',
      labelNames: ['action', 'shadow', 'over'],
      registers,
    });
    this.passes = new Counter({
      name: 'sekisho_policyd_passed_total',
      help: 'Answers without an opinion, by why',
      labelNames: ['because'],
      registers,
    });
    this.open = new Counter({
      name: 'sekisho_policyd_fail_open_total',
      help: 'Answers without an opinion because the edge gave none that counts',
      labelNames: ['reason'],
      registers,
    });
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
    this.decisions.inc({ action, shadow: isShadow ? 'yes' : 'no', over: isOver ? 'yes' : 'no' });
  }

  passed(because: string): void {
    this.passes.inc({ because });
  }

  /** Counts, and alarms: the first at once, then what came since, once a minute. */
  failedOpen(reason: string): void {
    this.open.inc({ reason });
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
