import { canonicalise, type Identifier, type IdentifierSource } from '@sekisho/identifier';
import type { AppealDecision, EvidenceLevel, LegalBasis, Reason } from '@sekisho/subscriber';
import { CHECK_TYP, CORRECTION_TYP, MAX_RENEWALS, RENEWAL_TYP, TERMINATION_TYP } from '@sekisho/subscriber';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { HubRefused } from '../errors.js';
import type { HubSession } from '../hub-session.js';
import { systemRuntime, type ClientRuntime } from '../runtime.js';
import { CaseAgent } from './case-agent.js';
import { OprfClient } from './oprf-client.js';
import { PayerKey, withHashedPayer } from './payer-key.js';
import { SubscriberRecords, type SubscriberRecord } from './subscriber-records.js';

export interface TerminationRequest {
  readonly identifiers: readonly IdentifierSource[];
  readonly reason: Reason;
  readonly evidence: EvidenceLevel;
  /** YYYY-MM-DD */
  readonly terminatedOn: string;
  readonly caseNumber: string;
  readonly expiresOn?: string | undefined;
  readonly isCanary?: boolean;
}

/** What a correction changes; undefined: as it was. */
export interface TerminationCorrection extends Partial<
  Pick<TerminationRequest, 'identifiers' | 'reason' | 'evidence' | 'terminatedOn' | 'caseNumber'>
> {
  readonly expiresOn?: string | undefined;
}

export interface AppealRuling {
  readonly decision: AppealDecision;
  /** The working group's own number of the appeal. */
  readonly appeal: string;
  readonly reason?: Reason | undefined;
  /** YYYY-MM-DD */
  readonly expiresOn?: string | undefined;
}

const receiptSchema = z.object({ terminationId: z.string(), expiresAt: z.string() });
const terminateMutation = {
  text: `mutation T($envelope: String!) { receipt: terminateSubscriber(envelope: $envelope) { terminationId expiresAt } }`,
  schema: z.object({ receipt: receiptSchema }),
};
const canaryMutation = {
  text: `mutation C($envelope: String!) { receipt: plantCanary(envelope: $envelope) { terminationId expiresAt } }`,
  schema: z.object({ receipt: receiptSchema }),
};
const renewMutation = {
  text: `mutation R($envelope: String!) { renewTerminations(envelope: $envelope) }`,
  schema: z.object({ renewTerminations: z.array(z.string()) }),
};
const withdrawMutation = {
  text: `mutation W($terminationId: ID!) { withdrawTermination(terminationId: $terminationId) }`,
  schema: z.object({ withdrawTermination: z.string() }),
};
const contestMutation = {
  text: `mutation X($terminationId: ID!, $isContested: Boolean!) {
    contestTermination(terminationId: $terminationId, isContested: $isContested) }`,
  schema: z.object({ contestTermination: z.string() }),
};
const correctMutation = {
  text: `mutation V($envelope: String!) {
    receipt: correctTermination(envelope: $envelope) { terminationId expiresAt version } }`,
  schema: z.object({ receipt: receiptSchema.extend({ version: z.number() }) }),
};
const decideMutation = {
  text: `mutation A($terminationId: ID!, $decision: String!, $appeal: String!, $reason: String, $expiresOn: String) {
    decideTerminationAppeal(terminationId: $terminationId, decision: $decision, appeal: $appeal, reason: $reason,
      expiresOn: $expiresOn) }`,
  schema: z.object({ decideTerminationAppeal: z.string() }),
};
const versionsQuery = {
  text: `query V { terminations(first: 1000) { id version } }`,
  schema: z.object({ terminations: z.array(z.object({ id: z.string(), version: z.number() })) }),
};
const terminationsQuery = {
  text: `query O { terminations(first: 100) { id version state reason evidence caseNumber expiresAt
    changes { version kind isByReporter note changedAt } } }`,
  schema: z.object({
    terminations: z.array(
      z.object({
        ...{ id: z.string(), version: z.number(), state: z.string(), reason: z.string() },
        ...{ evidence: z.string(), caseNumber: z.string(), expiresAt: z.string() },
        changes: z.array(
          z.object({
            ...{ version: z.number(), kind: z.string(), isByReporter: z.boolean() },
            ...{ note: z.string(), changedAt: z.string() },
          }),
        ),
      }),
    ),
  }),
};
const checkMutation = {
  text: `mutation K($envelope: String!) { checkSubscriber(envelope: $envelope) {
    strength matches { caseId strength types reason } } }`,
  schema: z.object({
    checkSubscriber: z.object({
      strength: z.enum(['none', 'possible', 'strong']),
      matches: z.array(
        z.object({
          caseId: z.string(),
          strength: z.string(),
          types: z.array(z.string()),
          reason: z.string(),
        }),
      ),
    }),
  }),
};
const signUpsMutation = {
  text: `mutation D($day: String!, $signUps: Int!) { declareSignUps(day: $day, signUps: $signUps) }`,
  schema: z.object({ declareSignUps: z.number() }),
};
const alarmsQuery = {
  text: `query L { canaryAlarms(first: 100) { raisedAt memberId terminationId checkId } }`,
  schema: z.object({
    canaryAlarms: z.array(
      z.object({
        ...{ raisedAt: z.string(), memberId: z.string() },
        ...{ terminationId: z.string(), checkId: z.string() },
      }),
    ),
  }),
};
/** A member asked about somebody who does not exist. */
type CanaryAlarm = z.output<typeof alarmsQuery.schema>['canaryAlarms'][number];
export type OwnTermination = z.output<typeof terminationsQuery.schema>['terminations'][number];
/** A hint for a person to review, never a reason to refuse by itself. */
export type CheckAnswer = z.output<typeof checkMutation.schema>['checkSubscriber'];

/** Terminations, renewals and checks of one member. Identifiers stay here; the hub gets tags, the trustee blinded elements. */
export class SubscriberAgent {
  private constructor(
    private readonly session: HubSession,
    readonly oprf: OprfClient,
    readonly records: SubscriberRecords,
    readonly cases: CaseAgent,
    private readonly payerKey: PayerKey | undefined,
    private readonly runtime: ClientRuntime,
  ) {}

  /** @param dir the member's directory */
  static async open(
    session: HubSession,
    dir: string,
    runtime: ClientRuntime = systemRuntime,
  ): Promise<SubscriberAgent> {
    const oprf = await OprfClient.open(session.member, dir, runtime);
    const records = new SubscriberRecords(dir, runtime.randomId);
    const cases = new CaseAgent(session, oprf, records, dir, runtime);
    return new SubscriberAgent(session, oprf, records, cases, await PayerKey.read(dir), runtime);
  }

  /**
   * Keeps the record here, then registers it. When hub or trustee fail it stays, and `renew` sends it.
   * @throws {IdentifierInvalid} nothing is kept
   * @throws {TrusteeFailed | KeyMismatch | HubRefused | HubUnreachable | HubAnswerInvalid} it is kept, unless the hub refuses it for good
   */
  async terminate(request: TerminationRequest): Promise<SubscriberRecord> {
    const { identifiers, isCanary = false, expiresOn, ...rest } = request;
    const record: SubscriberRecord = {
      ...rest,
      ...(expiresOn !== undefined && { expiresOn }),
      ...{ isCanary, key: this.runtime.randomId(), identifiers: this.canonicalAll(identifiers) },
    };
    await this.records.put(record);
    try {
      return await this.register(record);
    } catch (error) {
      // What the hub will never take is not kept to be sent again.
      if (isRefusedForGood(error)) await this.records.remove(record.key);
      throw error;
    }
  }

  /** Sends what is kept and not yet at the hub, and takes the rest into this month's epoch. */
  async renew(): Promise<{ sent: number; refused: number; renewed: number; ended: number }> {
    const all = await this.records.all();
    const waiting = all.filter(({ terminationId }) => terminationId === undefined);
    let refused = 0;
    for (const record of waiting) {
      try {
        await this.register(record);
      } catch (error) {
        // One that is refused keeps the others from nothing, and stays here to be looked at.
        if (!isRefusedForGood(error)) throw error;
        refused += 1;
      }
    }
    const epoch = await this.oprf.current();
    const old = all.filter((record) => record.terminationId !== undefined && (record.epoch ?? '') < epoch);
    let renewed = 0;
    for (let at = 0; at < old.length; at += MAX_RENEWALS) {
      renewed += await this.renewBatch(old.slice(at, at + MAX_RENEWALS), epoch);
    }
    return { sent: waiting.length - refused, refused, renewed, ended: old.length - renewed };
  }

  /** Takes a record back, at the hub and here. */
  async withdraw(terminationId: string): Promise<void> {
    await this.session.call(withdrawMutation, { terminationId });
    const record = (await this.records.all()).find((one) => one.terminationId === terminationId);
    if (record) await this.records.remove(record.key);
  }

  /**
   * Puts a new version of a record of this directory in its place, at the hub and here.
   * @throws {CaseFault | IdentifierInvalid} as terminate
   */
  async correct(terminationId: string, change: TerminationCorrection): Promise<SubscriberRecord> {
    const record = (await this.records.all()).find((one) => one.terminationId === terminationId);
    if (!record) {
      throw new HubRefused({
        status: 404,
        code: 'termination-unknown',
        detail: `no record ${terminationId} is here`,
      });
    }
    const { identifiers, ...terms } = change;
    const given = Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined));
    const corrected: SubscriberRecord = {
      ...{ ...record, ...given },
      ...(identifiers !== undefined && { identifiers: this.canonicalAll(identifiers) }),
    };
    const { terminations } = await this.session.call(versionsQuery, {});
    const version = terminations.find(({ id }) => id === terminationId)?.version ?? record.version ?? 1;
    const epoch = await this.oprf.current();
    const sealed = await this.oprf.seal(corrected.identifiers, epoch, 'register');
    const termination = { ...termsOf(corrected), epoch, identifiers: sealed };
    const envelope = await this.sign(CORRECTION_TYP, { terminationId, version: version + 1, termination });
    const { receipt } = await this.session.call(correctMutation, { envelope });
    const kept: SubscriberRecord = { ...corrected, ...receipt, epoch };
    await this.records.put(kept);
    return kept;
  }

  /** This member's newest hundred records as the hub has them, with what became of them. */
  async terminations(): Promise<readonly OwnTermination[]> {
    return (await this.session.call(terminationsQuery, {})).terminations;
  }

  /** A reviewer's ruling on a contested record of another member. */
  async decide(terminationId: string, ruling: AppealRuling): Promise<void> {
    await this.session.call(decideMutation, { terminationId, ...ruling });
  }

  /** A contested record does not answer; a reviewer who did not report it ends that. */
  async contest(terminationId: string, isContested: boolean): Promise<void> {
    await this.session.call(contestMutation, { terminationId, isContested });
  }

  /** @throws as terminate; of an applicant nothing is kept here, of a match what it takes to talk about it */
  async check(
    identifiers: readonly IdentifierSource[],
    said: { noticeVersion: string; legalBasis: LegalBasis },
  ): Promise<CheckAnswer> {
    const canonical = this.canonicalAll(identifiers);
    const asked = [];
    for (const epoch of await this.oprf.searched()) {
      asked.push({ epoch, evaluated: await this.oprf.evaluate(canonical, epoch, 'check') });
    }
    const tokens = asked.map(({ epoch, evaluated }) => ({
      epoch,
      identifiers: evaluated.map(({ type, tag }) => ({ type, tag })),
    }));
    const envelope = await this.sign(CHECK_TYP, { check: { purpose: 'sign-up', ...said, tokens } });
    const { checkSubscriber: answer } = await this.session.call(checkMutation, { envelope });
    const all = asked.flatMap(({ evaluated }) => evaluated);
    for (const { caseId, types } of answer.matches) await this.cases.keep(caseId, types, all);
    return answer;
  }

  /** @param day YYYY-MM-DD */
  async declareSignUps(day: string, signUps: number): Promise<void> {
    await this.session.call(signUpsMutation, { day, signUps });
  }

  /** The newest hundred; for reviewers. */
  async alarms(): Promise<readonly CanaryAlarm[]> {
    return (await this.session.call(alarmsQuery, {})).canaryAlarms;
  }

  private async register(record: SubscriberRecord): Promise<SubscriberRecord> {
    const epoch = await this.oprf.current();
    // Signed once in an epoch: after a lost answer the very same envelope goes out again.
    let { envelope } = record;
    if (envelope === undefined || record.epoch !== epoch) {
      const sealed = await this.oprf.seal(record.identifiers, epoch, 'register');
      const termination = { ...termsOf(record), epoch, identifiers: sealed };
      envelope = await this.sign(TERMINATION_TYP, { termination }, record.key);
      await this.records.put({ ...record, envelope, epoch });
    }
    const mutation = record.isCanary ? canaryMutation : terminateMutation;
    const { receipt } = await this.session.call(mutation, { envelope });
    const registered: SubscriberRecord = { ...record, ...receipt, epoch };
    // From here on the hub has it.
    delete registered.envelope;
    await this.records.put(registered);
    return registered;
  }

  private async renewBatch(records: readonly SubscriberRecord[], epoch: string): Promise<number> {
    const renewals = [];
    for (const { terminationId, identifiers } of records) {
      renewals.push({ terminationId, identifiers: await this.oprf.seal(identifiers, epoch, 'renew') });
    }
    const envelope = await this.sign(RENEWAL_TYP, { epoch, renewals });
    const living = new Set((await this.session.call(renewMutation, { envelope })).renewTerminations);
    for (const record of records) {
      if (living.has(record.terminationId ?? '')) await this.records.put({ ...record, epoch });
      else await this.records.remove(record.key);
    }
    return living.size;
  }

  /** A building goes first when there are more than five. @throws {IdentifierInvalid | PayerKeyMissing} */
  private canonicalAll(sources: readonly IdentifierSource[]): Identifier[] {
    const all = sources.flatMap((source) => [...canonicalise(source)]);
    const wanted = all.length > 5 ? all.filter(({ type }) => type !== 'building') : all;
    return wanted
      .filter(
        (one, i) => wanted.findIndex(({ type, value }) => type === one.type && value === one.value) === i,
      )
      .map((one) => withHashedPayer(one, this.payerKey));
  }

  private sign(typ: string, claims: Record<string, unknown>, jti = this.runtime.randomId()): Promise<string> {
    const { signing, id, hub } = this.session.member;
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ })
      .setIssuer(id)
      .setAudience(hub)
      .setIssuedAt(Math.floor(this.runtime.now() / 1_000))
      .setJti(jti)
      .sign(signing.key);
  }
}

/** What is wrong with the record itself. A member that is suspended, or too early, may send it later. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  ...['reason-not-admissible', 'expiry-not-admissible', 'termination-malformed', 'access-denied'],
]);
const isRefusedForGood = (error: unknown): boolean => error instanceof HubRefused && FOR_GOOD.has(error.code);

const termsOf = ({ reason, evidence, terminatedOn, caseNumber, expiresOn }: SubscriberRecord) => ({
  ...{ reason, evidence, terminatedOn, caseNumber },
  ...(expiresOn !== undefined && { expiresOn }),
});
