// Reports of days in the time of a cup of tea: every member sends, in the order of time, through the client that every
// member uses.
import { submitReports, type EnrolledMember } from '@sekisho/client';
import type { ReportInput } from '@sekisho/report';
import { setTimeout as wait } from 'node:timers/promises';
import type { DemoMember, Observation } from './demo-members.js';

/** The window that the replay's times are laid into, ending at the moment of sending. */
const WINDOW_MS = 6 * 3_600_000;
/** Small envelopes, so that scores can be seen to grow. */
const BATCH = 100;

export interface ReplayProgress {
  readonly memberId: string;
  readonly sent: number;
  readonly total: number;
}

export interface ReplayResult {
  readonly accepted: number;
  readonly rejected: number;
  readonly envelopes: number;
}

export async function replay(
  member: EnrolledMember,
  { observations }: DemoMember,
  options: {
    readonly durationMs: number;
    readonly now: () => number;
    readonly onProgress: (progress: ReplayProgress) => void;
  },
): Promise<ReplayResult> {
  const result = { accepted: 0, rejected: 0, envelopes: 0 };
  const startedAt = options.now();
  const paced = async function* (): AsyncGenerator<ReportInput> {
    for (const observation of observations) {
      const dueInMs = startedAt + observation.at * options.durationMs - options.now();
      // Every wait costs a timer; a tenth of a second at once is smooth enough to watch.
      if (dueInMs > 100) await wait(dueInMs);
      yield toReport(observation, options.now());
    }
  };
  for await (const receipt of submitReports(member, paced(), { batchSize: BATCH, concurrency: 2 })) {
    result.accepted += receipt.accepted;
    result.rejected += receipt.rejected.length;
    result.envelopes += 1;
    options.onProgress({
      memberId: member.id,
      sent: receipt.firstIndex + receipt.size,
      total: observations.length,
    });
  }
  return result;
}

function toReport({ at, ip, category, evidence, count }: Observation, now: number): ReportInput {
  const seen = new Date(now - (1 - at) * WINDOW_MS).toISOString();
  return {
    subject: { type: 'ip', value: ip },
    ...{ category, evidence, count },
    ...{ firstSeen: seen, lastSeen: seen },
  };
}
