import type { ReportInput } from '@sekisho/report';
import { discover, type HubDescription } from './discovery.js';
import { signEnvelope, submitEnvelope, type Receipt, type SubmissionOptions } from './envelope.js';
import { HubChanged } from './errors.js';
import type { EnrolledMember } from './member-directory.js';
import { systemRuntime } from './runtime.js';

export interface BatchOptions extends SubmissionOptions {
  /** Reports in one envelope; the hub's own limit is kept in any case. Default 500. */
  readonly batchSize?: number;
  /** Envelopes under way at once. Default 4. */
  readonly concurrency?: number;
  /** After each receipt. */
  readonly onProgress?: (progress: SubmissionProgress) => void;
  /** Saves the question when it was asked already. */
  readonly hub?: HubDescription;
}

export interface SubmissionProgress {
  /** Reports that have their verdict. */
  readonly judged: number;
  readonly accepted: number;
  readonly rejected: number;
}

export interface BatchReceipt extends Receipt {
  /** The place of the batch's first report in the whole: the `index` of a verdict counts from here. */
  readonly firstIndex: number;
  /** Reports in the batch. */
  readonly size: number;
  readonly jti: string;
}

/**
 * Signs and sends any number of reports in envelopes and yields their receipts in the order of the reports.
 * It reads ahead no more than the envelopes under way, so the source may be endless.
 * @throws {HubChanged} before anything is sent; {HubRefused | HubUnreachable | HubAnswerInvalid} when an envelope
 * fails for good: what was yielded before is stored, the rest of the source is not read
 */
export async function* submitReports(
  member: EnrolledMember,
  reports: Iterable<ReportInput> | AsyncIterable<ReportInput>,
  options: BatchOptions = {},
): AsyncGenerator<BatchReceipt, void, undefined> {
  const { runtime = systemRuntime, batchSize = 500, concurrency = 4, onProgress } = options;
  const hub = options.hub ?? (await discoverHubOf(member, options));
  const limits = {
    count: Math.min(batchSize, hub.limits.reportsPerEnvelope),
    bytes: jsonRoom(hub.limits.envelopeBytes),
  };
  const underWay: Promise<BatchReceipt>[] = [];
  let progress: SubmissionProgress = { judged: 0, accepted: 0, rejected: 0 };
  const settle = async (first: Promise<BatchReceipt>): Promise<BatchReceipt> => {
    const receipt = await first;
    progress = {
      judged: progress.judged + receipt.size,
      accepted: progress.accepted + receipt.accepted,
      rejected: progress.rejected + receipt.rejected.length,
    };
    onProgress?.(progress);
    return receipt;
  };
  let firstIndex = 0;
  try {
    for await (const batch of inBatches(reports, limits)) {
      const oldest = underWay.length >= concurrency ? underWay.shift() : undefined;
      if (oldest) yield await settle(oldest);
      const sent = send(member, batch, firstIndex, hub, options, runtime);
      // Whoever awaits it later hears of the failure; nobody may be listening yet.
      sent.catch(() => undefined);
      underWay.push(sent);
      firstIndex += batch.length;
    }
    for (let oldest = underWay.shift(); oldest; oldest = underWay.shift()) yield await settle(oldest);
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function send(
  member: EnrolledMember,
  batch: readonly ReportInput[],
  firstIndex: number,
  hub: HubDescription,
  options: SubmissionOptions,
  { now, randomId }: { now: () => number; randomId: () => string },
): Promise<BatchReceipt> {
  const jti = randomId();
  const envelope = await signEnvelope(member, batch, { now: now(), jti });
  const receipt = await submitEnvelope(hub.endpoints.reports, envelope, options);
  return { ...receipt, firstIndex, size: batch.length, jti };
}

/**
 * The hub of a member, made sure that it is the one where the member enrolled.
 * @throws {HubChanged | HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function discoverHubOf(
  member: Pick<EnrolledMember, 'hub' | 'hubUrl'>,
  { runtime = systemRuntime }: SubmissionOptions = {},
): Promise<HubDescription> {
  const hub = await discover(member.hubUrl, runtime);
  if (hub.hub !== member.hub) throw new HubChanged(member.hub, hub.hub);
  return hub;
}

/** base64url makes four bytes of three; header, other claims and signature fit in 1 KiB. */
const jsonRoom = (envelopeBytes: number) => Math.max(0, Math.floor((envelopeBytes - 1_024) * 0.75));

async function* inBatches(
  reports: Iterable<ReportInput> | AsyncIterable<ReportInput>,
  limits: { count: number; bytes: number },
): AsyncGenerator<readonly ReportInput[], void, undefined> {
  let batch: ReportInput[] = [];
  let bytes = 0;
  for await (const report of reports) {
    const size = Buffer.byteLength(JSON.stringify(report)) + 1;
    if (batch.length > 0 && (batch.length >= limits.count || bytes + size > limits.bytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(report);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
