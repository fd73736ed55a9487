import {
  HubRefused,
  signEnvelope,
  submitEnvelope,
  type HubSession,
  type Receipt,
  type SubmissionOptions,
} from '@sekisho/client';
import { MAX_REPORTS, type ReportInput } from '@sekisho/report';
import { createHash } from 'node:crypto';
import type { ImportState, Mark, Outbox } from './import-state.js';

export interface Sent {
  readonly envelopes: number;
  readonly accepted: number;
  /** With the hub since an earlier run. */
  readonly repeated: number;
  /** By the hub's code. */
  readonly rejected: ReadonlyMap<string, number>;
}

export interface SenderOptions extends SubmissionOptions {
  readonly batchSize: number;
  readonly now: () => number;
}

/**
 * Sends reports and remembers their inputs, both or neither: envelopes are signed and put on disk, sent, and only then is the
 * input marked as read. The jti is made of the input and its reports, so the same input cannot count twice.
 */
export class ImportSender {
  constructor(
    private readonly session: Pick<HubSession, 'member' | 'hub'>,
    private readonly state: ImportState,
    private readonly options: SenderOptions,
  ) {}

  /** What an interrupted run had signed and may not have sent. @throws {HubRefused | HubUnreachable | HubAnswerInvalid} */
  async resume(): Promise<Sent | undefined> {
    const outbox = await this.state.outbox();
    return outbox && this.deliver(outbox);
  }

  /** @throws {HubRefused | HubUnreachable | HubAnswerInvalid} with everything kept for `resume` */
  async send(reports: readonly ReportInput[], marks: readonly Mark[]): Promise<Sent> {
    const { member, hub } = this.session;
    const size = Math.min(this.options.batchSize, hub.limits.reportsPerEnvelope, MAX_REPORTS);
    const seed = JSON.stringify([member.hub, member.id, marks]);
    const envelopes: Outbox['envelopes'] = [];
    for (let at = 0; at < reports.length; at += size) {
      const batch = reports.slice(at, at + size);
      const jti = createHash('sha256')
        .update(seed)
        .update(JSON.stringify([at, batch]))
        .digest('base64url');
      const envelope = await signEnvelope(member, batch, { now: this.options.now(), jti });
      envelopes.push({ jti, envelope, size: batch.length });
    }
    const outbox: Outbox = { version: 1, envelopes, marks: [...marks] };
    if (envelopes.length > 0) await this.state.putOutbox(outbox);
    return this.deliver(outbox);
  }

  private async deliver({ envelopes, marks }: Outbox): Promise<Sent> {
    let accepted = 0;
    let repeated = 0;
    const rejected = new Map<string, number>();
    for (const one of envelopes) {
      const receipt = await this.submit(one);
      accepted += receipt?.accepted ?? 0;
      if (!receipt) repeated += one.size;
      for (const { code } of receipt?.rejected ?? []) rejected.set(code, (rejected.get(code) ?? 0) + 1);
    }
    await this.state.settle(marks);
    return { envelopes: envelopes.length, accepted, repeated, rejected };
  }

  /** Undefined: the hub has an envelope of this jti. */
  private async submit({ jti, envelope }: Outbox['envelopes'][number]): Promise<Receipt | undefined> {
    try {
      return await this.submitOnce(envelope);
    } catch (error) {
      if (error instanceof HubRefused && error.code === 'envelope-replayed') return undefined;
      // A hub takes no envelope that was signed long ago, or with a key that was replaced.
      if (!(error instanceof HubRefused) || error.code !== 'envelope-not-authentic') throw error;
      const now = this.options.now();
      return this.submitOnce(
        await signEnvelope(this.session.member, reportsOf(envelope), { now, jti }),
      ).catch((again: unknown) => {
        if (again instanceof HubRefused && again.code === 'envelope-replayed') return undefined;
        throw again;
      });
    }
  }

  private submitOnce(envelope: string): Promise<Receipt> {
    return submitEnvelope(this.session.hub.endpoints.reports, envelope, this.options);
  }
}

/** Of an envelope that this member signed itself. */
function reportsOf(envelope: string): ReportInput[] {
  const claims = Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(claims) as { reports: ReportInput[] }).reports;
}
