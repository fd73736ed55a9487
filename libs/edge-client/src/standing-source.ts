import { RecentKeys, type Needs, type Standing, type UnknownReason } from '@sekisho/policy';
import type { Ip } from '@sekisho/subject';
import { queryName, type ZoneName } from '@sekisho/zone';
import type { EdgeAnswer } from './edge-client.js';
import { standingOfCodes } from './standing-of-codes.js';

export interface StandingOptions {
  /** Z, without a final dot, lower case. */
  readonly apex: string;
  /** With access by key: the member's label. Secret. */
  readonly keyLabel: string | undefined;
  /** Addresses whose standing is remembered, for as long as the edge's TTL says. */
  readonly maxCached: number;
}

interface Cached {
  readonly standing: Standing;
  readonly untilMs: number;
  readonly needs: Needs;
}

const NO_CODES: EdgeAnswer = { kind: 'codes', codes: [], ttlSeconds: Number.POSITIVE_INFINITY };
/** Even an edge that says a day is asked again after a minute: listings end. */
const MAX_CACHED_SECONDS = 60;

/** Asks the zones for addresses, and remembers what it knows. What is not known is never remembered. */
export class StandingSource {
  private cache: RecentKeys<Cached>;
  private readonly asking = new Map<string, Promise<Standing>>();
  private readonly suffix: string;

  constructor(
    private readonly edge: { ask(name: string, sinceMs?: number): Promise<EdgeAnswer> },
    private readonly options: StandingOptions,
  ) {
    this.cache = new RecentKeys(options.maxCached);
    this.suffix = options.keyLabel === undefined ? '' : `${options.keyLabel}.`;
  }

  /** What is remembered; undefined: it has to be asked. */
  remembered({ text }: Ip, needs: Needs, nowMs: number): Standing | undefined {
    const cached = this.cache.get(text);
    // Of another policy than now, it may lack a zone.
    return cached?.needs === needs && cached.untilMs > nowMs ? cached.standing : undefined;
  }

  /**
   * Never rejects; within the edge's one timeout, however many zones are asked. Two who ask for the same address at once share one answer.
   * @param nowMs on the clock of performance.now()
   */
  async ask(ip: Ip, needs: Needs, nowMs: number): Promise<Standing> {
    const running = this.asking.get(ip.text);
    if (running) return running;
    const asked = this.askZones(ip, needs, nowMs);
    this.asking.set(ip.text, asked);
    try {
      return await asked;
    } finally {
      if (this.asking.get(ip.text) === asked) this.asking.delete(ip.text);
    }
  }

  /** The edge turned out not to be believed: what it said before, and what is on its way, is not remembered. */
  forget(): void {
    this.cache = new RecentKeys(this.options.maxCached);
    this.asking.clear();
  }

  /** The A records of an address in a zone, from the edge itself. */
  askZone(ip: Ip, zone: ZoneName, sinceMs?: number): Promise<EdgeAnswer> {
    const name = queryName({ type: 'ip', value: ip.text }, zone, this.options.apex);
    return this.edge.ask(this.suffix === '' ? name : this.withKey(name, zone), sinceMs);
  }

  /** The A records of a name's test entry in hash.Z (RFC 5782 section 5 has them for names: `test` is listed, `invalid` is not). */
  askTestName(label: 'test' | 'invalid'): Promise<EdgeAnswer> {
    return this.edge.ask(`${label}.${this.suffix}hash.${this.options.apex}`);
  }

  private async askZones(ip: Ip, needs: Needs, nowMs: number): Promise<Standing> {
    const { cache } = this;
    const [first, dynamic, every] = await Promise.all([
      this.askZone(ip, 'ip', nowMs),
      needs.dynamic ? this.askZone(ip, 'policy', nowMs) : NO_CODES,
      needs.score === 'all' ? this.askZone(ip, 'score', nowMs) : NO_CODES,
    ]);
    const isListed = first.kind === 'codes' && first.codes.length > 0;
    const [high, scored] = await Promise.all([
      needs.high && isListed ? this.askZone(ip, 'high.ip', nowMs) : NO_CODES,
      needs.score === 'listed' && isListed ? this.askZone(ip, 'score', nowMs) : every,
    ]);
    if (first.kind === 'failed') return unknown(first.reason);
    if (dynamic.kind === 'failed') return unknown(dynamic.reason);
    if (high.kind === 'failed') return unknown(high.reason);
    if (scored.kind === 'failed') return unknown(scored.reason);
    const standing = standingOfCodes({
      ip: first.codes,
      high: high.codes,
      dynamic: dynamic.codes,
      score: scored.codes,
    });
    const ttls = [first, dynamic, high, scored].map(({ ttlSeconds }) => ttlSeconds);
    const untilMs = nowMs + Math.min(MAX_CACHED_SECONDS, ...ttls) * 1000;
    if (standing.kind === 'known') cache.put(ip.text, { standing, untilMs, needs });
    return standing;
  }

  private withKey(name: string, zone: ZoneName): string {
    const end = `${zone}.${this.options.apex}`;
    return `${name.slice(0, -end.length)}${this.suffix}${end}`;
  }
}

const unknown = (reason: UnknownReason): Standing => ({ kind: 'unknown', reason });
