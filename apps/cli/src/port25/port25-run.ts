import { DirectTraffic, FlowReader, LIMITS, type LogClock, type SkipReason } from '@sekisho/evidence';
import type { ReportInput } from '@sekisho/report';
import { readByteLines, type ByteLine } from '../import/byte-lines.js';
import type { ImportSender, Sent } from '../import/import-sender.js';
import type { ImportState, Mark } from '../import/import-state.js';
import type { InputFile } from '../import/input-file.js';
import { Place } from '../import/place.js';

export interface Port25Summary {
  /** Lines. */
  read: number;
  reports: number;
  envelopes: number;
  accepted: number;
  rejected: Record<string, number>;
  skipped: Partial<Record<SkipReason, number>>;
}

export interface Port25Options {
  readonly traffic: DirectTraffic;
  readonly clock: () => LogClock;
  readonly state: Pick<ImportState, 'fileMark'>;
  /** Undefined: a dry run. */
  readonly sender: Pick<ImportSender, 'send' | 'resume'> | undefined;
  /** Before anything is sent. */
  readonly onReport?: (report: ReportInput) => void;
}

/**
 * Reads what wrote down connections, and reports what `traffic` finds in them. What was read is marked as read when its reports are with
 * the hub: a run that is interrupted reads it again, and the hub keeps it from counting twice.
 */
export class Port25Run {
  readonly summary: Port25Summary = {
    ...{ read: 0, reports: 0, envelopes: 0, accepted: 0 },
    ...{ rejected: {}, skipped: {} },
  };
  /** How far each file was read since the last report; by the file's beginning, whatever it is called now. */
  private readonly marks = new Map<string, Mark>();
  /** The same, for as long as this process runs. */
  private readonly places = new Map<string, Mark>();

  constructor(private readonly options: Port25Options) {}

  /** Reads a file from where it was left to its end, or a stream for as long as it lasts. */
  async read(file: InputFile): Promise<void> {
    if (file.head.length === 0) return;
    const place = await Place.of(file, { fileMark: (key) => this.fileMark(key) });
    const reader = new FlowReader(this.options.clock());
    // The columns of a table are named in its first line, wherever this run begins.
    if (place.from > 0) reader.read(file.head.toString('utf8').split(/\r?\n/, 1)[0] ?? '');
    const lines = readByteLines(file.chunks(place.from), {
      from: place.from,
      limitBytes: LIMITS.lineCharacters,
    });
    for await (const line of lines) {
      // Whoever writes the file has not finished this line.
      if (!line.isEnded && file.isSeekable) break;
      place.pass(line.bytes);
      this.take(line, reader);
      const mark = place.markOf(line);
      this.marks.set(place.key, mark);
      if (mark.kind === 'file') this.places.set(place.key, mark);
      if (this.options.traffic.isFull) await this.flush();
    }
  }

  /** Reports what was seen so far, and begins to count anew. */
  async flush(): Promise<Sent | undefined> {
    const { traffic, sender, onReport } = this.options;
    const { reports, skipped } = traffic.drain();
    for (const { reason } of skipped) this.skip(reason);
    for (const report of reports) onReport?.(report);
    this.summary.reports += reports.length;
    const marks = [...this.marks.values()];
    this.marks.clear();
    if (!sender || marks.length === 0) return undefined;
    return this.account(await sender.send(reports, marks));
  }

  /** What an interrupted run had signed. */
  async resume(): Promise<void> {
    const sent = await this.options.sender?.resume();
    if (sent) this.account(sent);
  }

  private take(line: ByteLine, reader: FlowReader): void {
    this.summary.read += 1;
    const flow = line.isCut
      ? ({ reason: 'line-too-long' } as const)
      : reader.read(line.bytes.toString('utf8').replace(/\r$/, ''));
    const reason = 'reason' in flow ? flow.reason : this.options.traffic.add(flow)?.reason;
    if (reason !== undefined) this.skip(reason);
  }

  private skip(reason: SkipReason): void {
    const { skipped } = this.summary;
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  }

  private account(sent: Sent): Sent {
    const { summary } = this;
    summary.envelopes += sent.envelopes;
    summary.accepted += sent.accepted;
    for (let i = 0; i < sent.repeated; i++) this.skip('already-imported');
    for (const [code, count] of sent.rejected) summary.rejected[code] = (summary.rejected[code] ?? 0) + count;
    return sent;
  }

  private fileMark(key: string) {
    const mark = this.places.get(key);
    return mark?.kind === 'file' ? mark : this.options.state.fileMark(key);
  }
}
