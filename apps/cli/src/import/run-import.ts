import { prepareXarf, type SkipReason } from '@sekisho/evidence';
import { admit, type ReportInput } from '@sekisho/report';
import type { Network } from '@sekisho/subject';
import type { ImportSender, Sent } from './import-sender.js';
import type { ImportState, Mark } from './import-state.js';
import type { InputFile } from './input-file.js';
import { readInput, type ImportRules } from './read-inputs.js';

export interface ImportSummary {
  files: number;
  /** Messages, rows and lines. */
  read: number;
  /** Made of what was read, after what no hub takes was left out. */
  reports: number;
  envelopes: number;
  accepted: number;
  rejected: Record<string, number>;
  skipped: Partial<Record<SkipReason, number>>;
}

export interface ImportRun {
  readonly inputs: AsyncIterable<InputFile>;
  readonly rules: ImportRules;
  /** Undefined: nothing is remembered and nothing known from earlier. */
  readonly state: ImportState | undefined;
  /** Undefined: a dry run. */
  readonly sender: ImportSender | undefined;
  readonly batchSize: number;
  /** Undefined: whose networks are whose is not known here. */
  readonly ownNetworks: readonly Network[] | undefined;
  /** In the order of the input, before anything of its batch is sent. */
  readonly onReport?: (report: ReportInput) => void;
  readonly onProgress?: (summary: ImportSummary) => void;
}

/** Marks without reports are written down together. */
const MARKS_A_BATCH = 2_000;

/** Reads all inputs and sends what they give, a batch at a time; holds no more than a batch. */
export async function runImport(run: ImportRun): Promise<ImportSummary> {
  const summary: ImportSummary = {
    ...{ files: 0, read: 0, reports: 0, envelopes: 0, accepted: 0 },
    ...{ rejected: {}, skipped: {} },
  };
  const skip = (reason: SkipReason, count = 1) => {
    if (count > 0) summary.skipped[reason] = (summary.skipped[reason] ?? 0) + count;
  };
  const account = (sent: Sent) => {
    summary.envelopes += sent.envelopes;
    summary.accepted += sent.accepted;
    skip('already-imported', sent.repeated);
    for (const [code, count] of sent.rejected) summary.rejected[code] = (summary.rejected[code] ?? 0) + count;
    run.onProgress?.(summary);
  };
  prepareXarf();
  const interrupted = await run.sender?.resume();
  if (interrupted) account(interrupted);
  const batch = new Batch();
  const flush = async () => {
    if (run.sender && batch.markCount > 0) account(await run.sender.send(batch.reports, batch.marks()));
    batch.clear();
  };
  for await (const file of run.inputs) {
    summary.files += 1;
    for await (const { read, reports, skipped, marks } of readInput(file, run.state, run.rules)) {
      summary.read += read;
      for (const [reason, count] of skipped) skip(reason, count);
      for (const report of reports) {
        const refusal = refusalOf(report, run);
        if (refusal) {
          skip(refusal);
          continue;
        }
        summary.reports += 1;
        run.onReport?.(report);
        batch.reports.push(report);
      }
      for (const mark of marks) batch.addMark(mark);
      if (batch.reports.length >= run.batchSize || batch.markCount >= MARKS_A_BATCH) await flush();
    }
  }
  await flush();
  return summary;
}

/** What every hub refuses stays here. Reserved addresses go: a hub in demo mode takes them. */
function refusalOf(report: ReportInput, { rules, ownNetworks }: ImportRun): SkipReason | undefined {
  const verdict = admit(report, { now: rules.now, ownNetworks: ownNetworks ?? [], allowReserved: true });
  if (verdict.accepted) return undefined;
  if (verdict.code === 'time-too-old') return 'time-too-old';
  if (!ownNetworks && (verdict.code === 'not-owner' || verdict.code === 'network-too-wide')) return undefined;
  return 'report-refused';
}

class Batch {
  reports: ReportInput[] = [];
  private messages: Mark[] = [];
  /** Of one file only the last place counts. */
  private readonly places = new Map<string, Mark>();

  get markCount(): number {
    return this.messages.length + this.places.size;
  }

  addMark(mark: Mark): void {
    if (mark.kind === 'message') this.messages.push(mark);
    else this.places.set(mark.kind === 'file' ? mark.key : '', mark);
  }

  marks(): Mark[] {
    return [...this.messages, ...this.places.values()];
  }

  clear(): void {
    this.reports = [];
    this.messages = [];
    this.places.clear();
  }
}
