import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HubSession } from '../hub-session.js';
import { createPrivateJson, readPrivateJson } from '../private-file.js';
import type { ClientRuntime } from '../runtime.js';
import {
  makeCaseSecrets,
  openCaseMessage,
  publishedCaseKey,
  sealCaseMessage,
  verifyCaseKey,
  type CaseSecrets,
} from './case-channel.js';
import { CaseFault } from './errors.js';
import type { EvaluatedIdentifier, OprfClient } from './oprf-client.js';
import type { SubscriberRecords } from './subscriber-records.js';

const caseSchema = z.object({
  ...{ id: z.string(), isReporter: z.boolean(), strength: z.string(), types: z.array(z.string()) },
  ...{ reason: z.string(), state: z.string(), caseNumber: z.string().nullable(), openedAt: z.string() },
  ...{ terminationId: z.string().nullable(), messages: z.number() },
  ...{ ownKey: z.string().nullable(), otherKey: z.string().nullable() },
});
/** As many as one query may cost at the hub. */
const MAX_CASES = 200;
const casesQuery = {
  text: `query Cases { subscriberCases(first: ${MAX_CASES}) { id isReporter strength types reason state caseNumber
    openedAt terminationId messages ownKey otherKey } }`,
  schema: z.object({ subscriberCases: z.array(caseSchema) }),
};
const messagesQuery = {
  text: `query Messages($caseId: ID!) { caseMessages(caseId: $caseId) { id isOwn sealed sentAt } }`,
  schema: z.object({
    caseMessages: z.array(
      z.object({ id: z.string(), isOwn: z.boolean(), sealed: z.string(), sentAt: z.string() }),
    ),
  }),
};
const keyMutation = {
  text: `mutation Key($caseId: ID!, $key: String!) { setCaseKey(caseId: $caseId, key: $key) }`,
  schema: z.object({ setCaseKey: z.string() }),
};
const sendMutation = {
  text: `mutation Send($caseId: ID!, $messageId: ID!, $sealed: String!) {
    sendCaseMessage(caseId: $caseId, messageId: $messageId, sealed: $sealed) }`,
  schema: z.object({ sendCaseMessage: z.string() }),
};

const secretsSchema: z.ZodType<CaseSecrets> = z.object({
  ...{ caseId: z.string(), side: z.enum(['asker', 'reporter']), macKeys: z.array(z.string()) },
  ...{ x: z.string(), d: z.string() },
});

/** A match, as this member sees it. */
export type SubscriberCase = z.output<typeof caseSchema>;

export interface OpenedMessage {
  readonly id: string;
  readonly isOwn: boolean;
  /** When its sender says that it was written; ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/**
 * This member's side of its cases. Its folder `cases` holds, for each, a key pair and secrets derived from what matched:
 * who reads it can read and write in the member's name in these cases, and learns no identifier.
 */
export class CaseAgent {
  private readonly path: string;
  constructor(
    private readonly session: HubSession,
    private readonly oprf: OprfClient,
    private readonly records: SubscriberRecords,
    dir: string,
    private readonly runtime: ClientRuntime,
  ) {
    this.path = join(dir, 'cases');
  }

  /** Keeps what the asker needs to talk about a match; of an applicant without a match nothing is kept. */
  async keep(caseId: string, types: readonly string[], asked: readonly EvaluatedIdentifier[]): Promise<void> {
    const tokens = asked.filter(({ type }) => types.includes(type)).map(({ token }) => token);
    await this.put(makeCaseSecrets(caseId, 'asker', tokens));
  }

  /** All cases, newest first. On the way this side's keys are published, and secrets of cases that ended are removed. */
  async list(): Promise<readonly SubscriberCase[]> {
    const { subscriberCases: cases } = await this.session.call(casesQuery, {});
    for (const one of cases.filter(({ ownKey, state }) => ownKey === null && state !== 'withdrawn')) {
      const secrets = await this.secretsOf(one);
      if (secrets) await this.session.call(keyMutation, { caseId: one.id, key: publishedCaseKey(secrets) });
    }
    if (cases.length < MAX_CASES) await this.forgetAllBut(new Set(cases.map(({ id }) => id)));
    return cases;
  }

  /**
   * Seals a message to the other side.
   * @throws {CaseFault} case-unknown, case-without-secrets, case-not-opened, case-key-forged, message-too-long
   */
  async send(caseId: string, text: string): Promise<void> {
    const { secrets, otherX } = await this.channel(caseId);
    const [messageId, at] = [this.runtime.randomId(), new Date(this.runtime.now()).toISOString()];
    const sealed = await sealCaseMessage(secrets, otherX, { id: messageId, text, at });
    await this.session.call(sendMutation, { caseId, messageId, sealed });
  }

  /** Every message of both sides, oldest first. @throws {CaseFault} as send, and message-forged */
  async messages(caseId: string): Promise<readonly OpenedMessage[]> {
    const { secrets, otherX } = await this.channel(caseId);
    const { caseMessages } = await this.session.call(messagesQuery, { caseId });
    const opened = [];
    for (const { sealed, ...message } of caseMessages) {
      const { at, text } = await openCaseMessage(secrets, otherX, { ...message, sealed });
      opened.push({ id: message.id, isOwn: message.isOwn, at, text });
    }
    return opened;
  }

  private async channel(caseId: string): Promise<{ secrets: CaseSecrets; otherX: string }> {
    const one = (await this.list()).find(({ id }) => id === caseId);
    if (!one) throw new CaseFault('case-unknown', `you have no case ${caseId}`);
    const secrets = await this.secretsOf(one);
    if (!secrets) {
      throw new CaseFault(
        'case-without-secrets',
        `what matched in the case ${caseId} cannot be shown from this directory: it was asked or recorded ` +
          'elsewhere, or the keys of its month are gone',
      );
    }
    if (one.otherKey === null) {
      throw new CaseFault('case-not-opened', 'the other side has not looked at its cases yet');
    }
    return { secrets, otherX: verifyCaseKey(secrets, one.otherKey) };
  }

  /** The reporter makes the tokens of its record again; the asker kept what it needs when it asked. */
  private async secretsOf(one: SubscriberCase): Promise<CaseSecrets | undefined> {
    const kept = await readPrivateJson(this.file(one.id), secretsSchema);
    if (kept || !one.isReporter) return kept;
    const record = (await this.records.all()).find(
      ({ terminationId }) => terminationId === one.terminationId,
    );
    const identifiers = record?.identifiers.filter(({ type }) => one.types.includes(type)) ?? [];
    // Asked just before midnight of a month's end, a check is still of the month before.
    const months = (await this.oprf.searched()).filter((epoch) => epoch <= one.openedAt.slice(0, 7));
    const tokens = [];
    if (identifiers.length > 0) {
      for (const epoch of months) tokens.push(...(await this.oprf.evaluate(identifiers, epoch, 'case')));
    }
    if (tokens.length === 0) return undefined;
    return this.put(
      makeCaseSecrets(
        one.id,
        'reporter',
        tokens.map(({ token }) => token),
      ),
    );
  }

  /** What was first stays: its key may be published. */
  private async put(secrets: CaseSecrets): Promise<CaseSecrets> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await createPrivateJson(this.file(secrets.caseId), secrets);
    return (await readPrivateJson(this.file(secrets.caseId), secretsSchema)) ?? secrets;
  }

  private async forgetAllBut(living: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.path).catch((): string[] => []);
    const ended = names.filter((name) => !living.has(name.replace(/\.json$/, '')));
    await Promise.all(ended.map((name) => rm(join(this.path, name), { force: true })));
  }

  private file(caseId: string): string {
    // The hub chose the id: nothing but a UUID becomes a name here.
    return join(this.path, `${z.uuid().parse(caseId)}.json`);
  }
}
