import type { EdgeState } from '@sekisho/edge-client';
import { standingOfCodes } from '@sekisho/edge-client';
import type { Needs, Standing, UnknownReason } from '@sekisho/policy';
import type { Ip } from '@sekisho/subject';
import { QuestionKey, testCode, type ReturnCode, type ZoneName } from '@sekisho/zone';
import type { ServedZones } from '@sekisho/zone-follow';

/** The zones that a policy asks for. */
export function zonesOf({ high, dynamic, score }: Needs): ZoneName[] {
  return [
    'ip',
    ...(high ? ['high.ip' as const] : []),
    ...(dynamic ? ['policy' as const] : []),
    ...(score === 'no' ? [] : ['score' as const]),
  ];
}

/** Looks addresses up in zones held in memory, and says what an edge would say. Nothing leaves the process. */
export class EmbeddedEdge {
  private readonly key = new QuestionKey();

  constructor(
    private readonly zones: ServedZones,
    private readonly options: {
      readonly maxAgeSeconds: number;
      /** On the clock of performance.now(): a zone from the disk is as old as the process. */
      readonly startedAtMs: number;
    },
  ) {}

  /** Whether all that the policy asks for is there and recent enough. */
  stateAt(needs: Needs, nowMs: number): EdgeState {
    const oldestMs = nowMs - this.options.maxAgeSeconds * 1000;
    for (const zone of zonesOf(needs)) {
      if (!this.zones.indexes.has(zone)) return bad('unreachable');
      if ((this.zones.confirmedAtMs(zone) ?? this.options.startedAtMs) < oldestMs) return bad('stale');
    }
    return { kind: 'good' };
  }

  standing(ip: Ip, { high, dynamic, score }: Needs): Standing {
    this.read(ip);
    const listed = this.codes('ip');
    if (!listed) return UNREACHABLE;
    const isListed = listed.length > 0;
    const inHigh = high && isListed ? this.codes('high.ip') : NONE;
    const inPolicy = dynamic ? this.codes('policy') : NONE;
    const scored = score === 'all' || (score === 'listed' && isListed) ? this.codes('score') : NONE;
    if (!inHigh || !inPolicy || !scored) return UNREACHABLE;
    return standingOfCodes({ ip: listed, high: inHigh, dynamic: inPolicy, score: scored });
  }

  private codes(zone: ZoneName): readonly ReturnCode[] | undefined {
    const index = this.zones.indexes.get(zone);
    if (!index) return undefined;
    const test = testCode(this.key, zone);
    if (test !== undefined) return test === 0 ? NONE : [test];
    const handle = index.find(this.key);
    return handle > 0 ? index.codesOf(handle) : NONE;
  }

  private read({ bytes }: Ip): void {
    const { key } = this;
    key.kind = bytes.length === 4 ? 'ipv4' : 'ipv6';
    key.isNibblePath = false;
    for (let i = 0; i < bytes.length; i += 4) {
      const octet = (place: number) => bytes[i + place] ?? 0;
      key.words[i / 4] = (octet(0) << 24) | (octet(1) << 16) | (octet(2) << 8) | octet(3);
    }
  }
}

const NONE: readonly ReturnCode[] = [];
const bad = (reason: UnknownReason): EdgeState => ({ kind: 'bad', reason });
const UNREACHABLE: Standing = { kind: 'unknown', reason: 'unreachable' };
