// Whether an edge can be believed: the test entries of RFC 5782 section 5, and what the edge says of its own age.
import type { Needs, UnknownReason } from '@sekisho/policy';
import { parseIp } from '@sekisho/subject';
import { decodeReturnCode } from '@sekisho/zone';
import type { EdgeAnswer } from './edge-client.js';
import type { StandingSource } from './standing-source.js';

export type EdgeState = { readonly kind: 'good' } | { readonly kind: 'bad'; readonly reason: UnknownReason };

const ALWAYS_LISTED = parseIp('127.0.0.2');
const NEVER_LISTED = parseIp('127.0.0.1');
const GOOD_PERIOD_MS = 5_000;
const BAD_PERIOD_MS = 1_000;
const HEALTH_TIMEOUT_MS = 1_000;

/** Asks for the test entries again and again; while one is not as it must be, nothing of that edge counts, nor what it said shortly before. */
export class EdgeCheck {
  private now: EdgeState = { kind: 'bad', reason: 'self-test' };
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<EdgeState> | undefined;
  private isStopped = false;
  private isChecked = false;

  constructor(
    private readonly source: StandingSource,
    private readonly options: {
      /** Which zones are in use, at this moment. */
      readonly needs: () => Needs;
      /** Whether hash.Z is in use too. */
      readonly isHashUsed?: boolean;
      /** `/health/ready` of the edge; undefined: the edge is believed to be fresh. */
      readonly healthUrl: string | undefined;
      readonly onChange: (state: EdgeState) => void;
    },
  ) {}

  get state(): EdgeState {
    return this.now;
  }

  /** Checks once, and from then on regularly. Resolves to the first result. */
  async start(): Promise<EdgeState> {
    const state = await this.check();
    this.schedule();
    return state;
  }

  /** Checks now: something went wrong. Those who ask while it runs share the result. */
  check(): Promise<EdgeState> {
    this.running ??= this.checkOnce().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => {
        void this.check().then(() => {
          this.schedule();
        });
      },
      this.now.kind === 'good' ? GOOD_PERIOD_MS : BAD_PERIOD_MS,
    );
  }

  private async checkOnce(): Promise<EdgeState> {
    const { needs, isHashUsed = false, healthUrl } = this.options;
    const { high, dynamic, score } = needs();
    const zones = [
      'ip' as const,
      ...(high ? ['high.ip' as const] : []),
      ...(dynamic ? ['policy' as const] : []),
      ...(score === 'no' ? [] : ['score' as const]),
    ];
    const results = await Promise.all([
      ...zones.flatMap((zone) => [
        this.source.askZone(ALWAYS_LISTED, zone).then((answer) => faultOfListed(answer, zone === 'score')),
        this.source.askZone(NEVER_LISTED, zone).then(faultOfUnlisted),
      ]),
      ...(isHashUsed
        ? [
            this.source.askTestName('test').then((answer) => faultOfListed(answer, false)),
            this.source.askTestName('invalid').then(faultOfUnlisted),
          ]
        : []),
      healthUrl === undefined ? undefined : faultOfHealth(healthUrl),
    ]);
    const reason = results.find((fault) => fault !== undefined);
    const state: EdgeState = reason === undefined ? { kind: 'good' } : { kind: 'bad', reason };
    const isNew = !this.isChecked || reasonOf(state) !== reasonOf(this.now);
    this.isChecked = true;
    this.now = state;
    // An edge that is away said nothing wrong before.
    if (reason === 'self-test') this.source.forget();
    if (isNew && !this.isStopped) this.options.onChange(state);
    return state;
  }
}

const reasonOf = (state: EdgeState) => (state.kind === 'bad' ? state.reason : undefined);

function faultOfListed(answer: EdgeAnswer, isScore: boolean): UnknownReason | undefined {
  if (answer.kind === 'failed') return answer.reason;
  const decoded = answer.codes.map(decodeReturnCode);
  if (decoded.some(({ kind }) => kind === 'error')) return 'error-code';
  const isGood = decoded.length > 0 && decoded.every(({ kind }) => kind === (isScore ? 'score' : 'listing'));
  return isGood ? undefined : 'self-test';
}

function faultOfUnlisted(answer: EdgeAnswer): UnknownReason | undefined {
  if (answer.kind === 'failed') return answer.reason;
  if (answer.codes.some((code) => decodeReturnCode(code).kind === 'error')) return 'error-code';
  return answer.codes.length === 0 ? undefined : 'self-test';
}

/** Only what the edge itself says counts: an edge that answers DNS while its HTTP does not is not stale for that. */
async function faultOfHealth(url: string): Promise<UnknownReason | undefined> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 503 ? 'stale' : undefined;
  } catch {
    return undefined;
  }
}
