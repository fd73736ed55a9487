import { Injectable } from '@nestjs/common';
import { verifySigned } from '@sekisho/auth';
import { ReportRepository, type Receipt as StoredReceipt, type Refusal } from '@sekisho/persistence';
import { admit, ENVELOPE_TYP, envelopeClaimsSchema, type Report } from '@sekisho/report';
import { Counter, Gauge } from '@sekisho/telemetry';
import { SALT_BYTES } from '@sekisho/tlog';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { EvidenceService } from '../evidence/evidence.service.js';
import { LogService } from '../log/log.service.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import { ReputationReads } from '../platform/reputation-reads.service.js';
import { RequestRefused } from '../problems/errors.js';

/** An envelope may wait this long in a member's queue. */
const MAX_ENVELOPE_AGE_MS = 24 * 3_600_000;
/** Envelopes in work at once; more are told to come back, so that memory stays bounded and the database is not swamped. */
const MAX_IN_FLIGHT = 64;

/** A queue that does not answer keeps no member waiting: the report is durable already. */
const QUEUE_PATIENCE_MS = 500;

const late = (afterMs: number) =>
  wait(afterMs, undefined, { ref: false }).then(() => {
    throw new Error(`the queue did not answer within ${afterMs} ms`);
  });

export interface Receipt {
  readonly receiptId: string;
  readonly accepted: number;
  readonly rejected: readonly Refusal[];
  /** Where the accepted reports are in the transparency log; absent when there are none. */
  readonly log?: LogReceipt;
}

export interface LogReceipt {
  /** The accepted reports, in their order, are entries `index` and following. */
  readonly index: number;
  /** base64url of 16 bytes: with it the reporter can tell its entries. */
  readonly salt: string;
  /** The last checkpoint that was published: a signed note. The entries are in it, or in the next one. */
  readonly checkpoint: string | undefined;
}

const isForCampaigns = ({ fingerprint, evidence }: Report): boolean =>
  fingerprint !== undefined || evidence === 'bounce';

@Injectable()
export class ReportsService {
  private inFlight = 0;
  private readonly reportsCounted: Counter<'verdict'>;

  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
    private readonly reports: ReportRepository,
    private readonly evidence: EvidenceService,
    private readonly log: LogService,
    private readonly reads: ReputationReads,
  ) {
    const registers = [platform.metrics];
    this.reportsCounted = new Counter({
      name: 'sekisho_reports_total',
      help: 'Reports by verdict',
      labelNames: ['verdict'],
      registers,
    });
    const readInFlight = () => this.inFlight;
    new Gauge({
      name: 'sekisho_envelopes_in_flight',
      help: 'Envelopes being verified or stored',
      registers,
      collect() {
        this.set(readInFlight());
      },
    });
  }

  /**
   * Verifies an envelope, judges each of its reports and stores the accepted ones. When it resolves, they are durable.
   * @throws {NotAuthentic} envelope-malformed, envelope-not-authentic
   * @throws {EnvelopeReplayed}
   * @throws {RequestRefused} hub-busy
   */
  async submit(envelope: string): Promise<Receipt> {
    if (this.inFlight >= MAX_IN_FLIGHT) {
      throw new RequestRefused('hub-busy', 'too many envelopes at once; send this one again later', 1);
    }
    this.inFlight += 1;
    try {
      return await this.verifyAndStore(envelope);
    } finally {
      this.inFlight -= 1;
    }
  }

  private async verifyAndStore(envelope: string): Promise<Receipt> {
    const receivedAt = this.platform.now();
    const { tracing } = this.platform;
    const { iss, jti, reports } = await tracing.span('verify envelope', {}, () =>
      verifySigned(envelope, envelopeClaimsSchema, this.register.findSigningKey, {
        typ: ENVELOPE_TYP,
        audience: this.platform.hubId,
        now: receivedAt.getTime(),
        maxAgeMs: MAX_ENVELOPE_AGE_MS,
      }),
    );
    const { accepted, rejected } = await this.judge(iss, reports, receivedAt);
    const judged = {
      receiptId: this.platform.newId(),
      memberId: iss,
      jti,
      digest: createHash('sha256').update(envelope).digest(),
      salt: Buffer.from(this.platform.randomBytes(SALT_BYTES)),
      receivedAt,
      ...{ accepted, rejected },
    };
    const { isFresh, ...receipt } = await tracing.span(
      'store envelope',
      { 'sekisho.member': iss, 'sekisho.accepted': accepted.length, 'sekisho.rejected': rejected.length },
      () => this.reports.store(judged),
    );
    this.reads.wrote(iss);
    if (isFresh) {
      this.reportsCounted.inc({ verdict: 'accepted' }, accepted.length);
      this.reportsCounted.inc({ verdict: 'rejected' }, rejected.length);
      if (receipt.accepted > 0) await this.enqueue(receipt.receiptId, receipt.receiptId);
      if (accepted.some(({ report }) => isForCampaigns(report))) await this.wakeClustering(receipt.receiptId);
    }
    return this.withLog(receipt);
  }

  private withLog({ receiptId, accepted, rejected, log }: StoredReceipt): Receipt {
    if (!log) return { receiptId, accepted, rejected };
    const place = { index: log.index, salt: log.salt.toString('base64url'), checkpoint: this.log.checkpoint };
    return { receiptId, accepted, rejected, log: place };
  }

  /**
   * Takes one report back, and has its subject scored again.
   * @throws {ReportNotFound}
   */
  async retract(memberId: string, receiptId: string, index: number): Promise<string> {
    const subject = await this.reports.retract(memberId, receiptId, index, this.platform.now());
    this.reads.wrote(memberId);
    await this.enqueue(receiptId, `${receiptId}.retract.${index}`);
    return subject;
  }

  private async judge(memberId: string, items: readonly unknown[], now: Date) {
    const rules = {
      now: now.getTime(),
      ownNetworks: this.register.find(memberId)?.networks ?? [],
      allowReserved: this.platform.config.isDemo,
    };
    const accepted: { index: number; report: Report; owner?: string }[] = [];
    const rejected: Refusal[] = [];
    let deliver: Awaited<ReturnType<EvidenceService['deliveries']>> | undefined;
    for (const [index, item] of items.entries()) {
      const verdict = admit(item, rules);
      if (!verdict.accepted) {
        rejected.push({ index, code: verdict.code, message: verdict.message });
        continue;
      }
      const { report } = verdict;
      if (report.sealed === undefined) {
        accepted.push({ index, report });
        continue;
      }
      deliver ??= await this.evidence.deliveries(memberId);
      const delivery = deliver(report.subject, report.sealed);
      if ('owner' in delivery) accepted.push({ index, report, owner: delivery.owner });
      else rejected.push({ index, ...delivery });
    }
    return { accepted, rejected };
  }

  private async wakeClustering(id: string): Promise<void> {
    try {
      const { queue, tracing } = this.platform;
      const added = queue.add('cluster-fingerprints', { trace: tracing.parent() }, { id });
      await Promise.race([added, late(QUEUE_PATIENCE_MS)]);
    } catch (error) {
      this.platform.logger.warn({ err: error }, 'not enqueued; clustering will find the reports by itself');
    }
  }

  /** The receipt is the outbox: when the queue cannot be reached, the worker finds it there. */
  private async enqueue(receiptId: string, id: string): Promise<void> {
    try {
      const { queue, tracing } = this.platform;
      const added = tracing.span('enqueue score-receipt', { 'sekisho.receipt': receiptId }, () =>
        queue.add('score-receipt', { receiptId, trace: tracing.parent() }, { id }),
      );
      await Promise.race([added, late(QUEUE_PATIENCE_MS)]);
    } catch (error) {
      this.platform.logger.warn({ err: error, receiptId }, 'not enqueued; the worker will find the receipt');
    }
  }
}
