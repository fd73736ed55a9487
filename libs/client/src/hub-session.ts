// Machine access: OAuth 2 client credentials (RFC 6749 section 4.4) with private_key_jwt (RFC 7523), GraphQL over HTTP.
import type { OwnerKey } from '@sekisho/sealed';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { SignJWT } from 'jose';
import { z } from 'zod';
import {
  bounceFloodsQuery,
  campaignQuery,
  campaignsQuery,
  proveDomainMutation,
  type BounceFlood,
  type Campaign,
  type DomainProof,
} from './campaign-query.js';
import { alertsQuery, answerAlertMutation, type OwnAlert } from './alert-query.js';
import {
  eventStreamMutation,
  eventStreamQuery,
  refusedEventsQuery,
  type EventStreamChange,
  type OwnEventStream,
  type RefusedEvent,
} from './event-stream-query.js';
import type { HubDescription } from './discovery.js';
import type { SubmissionOptions } from './envelope.js';
import { acknowledgeEvidenceMutation, ownerKeyQuery, sealedEvidenceQuery } from './evidence-query.js';
import { HubAnswerInvalid, HubRefused } from './errors.js';
import { askHub, graphqlErrorSchema } from './hub-transport.js';
import type { EnrolledMember } from './member-directory.js';
import {
  meQuery,
  reputationAsOfQuery,
  reputationsQuery,
  retractMutation,
  rotateDnsKeyMutation,
  statisticsQuery,
  type OwnMember,
  type Retraction,
  type Statistics,
  type SubjectReputation,
} from './reputation-query.js';
import { DEFAULT_RETRY, withRetry, type RetryPolicy } from './retry.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';
import { discoverHubOf } from './submission.js';

/** A longer assertion would only be worth more to a thief (RFC 7523 section 3). */
const ASSERTION_SECONDS = 60;
/** A token this near its end is not used any more. */
const TOKEN_MARGIN_MS = 30_000;
/** As DESIGN 4.4: `reputations` takes 1 to 1,000 subjects. */
const SUBJECTS_PER_QUERY = 1_000;

const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number() });

export interface GraphqlOperation<T> {
  readonly text: string;
  readonly schema: z.ZodType<T>;
}

/** One member's conversation with its hub. The access token is fetched on first use and kept until shortly before its end. */
export class HubSession {
  private token: { text: string; usableUntil: number } | undefined;

  private constructor(
    readonly member: EnrolledMember,
    readonly hub: HubDescription,
    private readonly runtime: ClientRuntime,
    private readonly retry: RetryPolicy,
  ) {}

  /** @throws {HubChanged | HubUnreachable | HubRefused | HubAnswerInvalid} */
  static async open(
    member: EnrolledMember,
    { runtime = systemRuntime, retry = DEFAULT_RETRY }: SubmissionOptions = {},
  ): Promise<HubSession> {
    return new HubSession(member, await discoverHubOf(member, { runtime }), runtime, retry);
  }

  /** @throws {HubRefused | HubUnreachable | HubAnswerInvalid} */
  async accessToken(): Promise<string> {
    if (this.token && this.runtime.now() < this.token.usableUntil) return this.token.text;
    const answer = await withRetry(this.runtime, this.retry, async () => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await this.signAssertion(),
      }).toString();
      const contentType = 'application/x-www-form-urlencoded';
      return askHub(this.runtime, { url: this.hub.endpoints.token, body, contentType }, tokenSchema);
    });
    const usableUntil = this.runtime.now() + answer.expires_in * 1_000 - TOKEN_MARGIN_MS;
    this.token = { text: answer.access_token, usableUntil };
    return answer.access_token;
  }

  /** The hub refused this token elsewhere: the next question for one gets another. */
  forgetAccessToken(refused: string): void {
    if (this.token?.text === refused) this.token = undefined;
  }

  /**
   * What the federation knows of each subject, in their order; undefined where it knows nothing.
   * Any number of subjects: asked for by the thousand.
   * @param onProgress after each thousand, with the number answered
   */
  async lookup(
    subjects: readonly Subject[],
    onProgress?: (answered: number) => void,
  ): Promise<(SubjectReputation | undefined)[]> {
    const known = new Map<string, SubjectReputation>();
    for (let at = 0; at < subjects.length; at += SUBJECTS_PER_QUERY) {
      const asked = subjects.slice(at, at + SUBJECTS_PER_QUERY).map(formatSubject);
      const { reputations } = await this.query(reputationsQuery, { subjects: asked });
      for (const reputation of reputations) {
        if (reputation) known.set(formatSubject(readSubject(reputation.subject)), reputation);
      }
      onProgress?.(at + asked.length);
    }
    return subjects.map((subject) => known.get(formatSubject(subject)));
  }

  /** What the federation knew of a subject at a past moment; undefined when nothing. @throws {HubRefused} as-of-out-of-range */
  async lookupAsOf(subject: Subject, asOf: Date): Promise<SubjectReputation | undefined> {
    const variables = { subject: formatSubject(subject), asOf: asOf.toISOString() };
    return (await this.query(reputationAsOfQuery, variables)).reputation ?? undefined;
  }

  async me(): Promise<OwnMember> {
    return (await this.query(meQuery, {})).me;
  }

  /** A new DNS key; the old one stops working at once. Not repeated by itself: every call makes another one. */
  async rotateDnsKey(): Promise<string> {
    return (await this.ask(rotateDnsKeyMutation, {})).rotateDnsKey;
  }

  async statistics(): Promise<Statistics> {
    return (await this.query(statisticsQuery, {})).statistics;
  }

  /** Takes one accepted report back. `index` is its place in the envelope of the receipt. */
  async retract(receiptId: string, index: number): Promise<Retraction> {
    // Not repeated by itself: a second retraction after a lost answer would be refused and look like a failure.
    return (await this.ask(retractMutation, { receiptId, index })).retractReport;
  }

  /** The key to seal evidence about a subject to; undefined when no active member owns all of it. */
  async ownerKey(subject: Subject): Promise<OwnerKey | undefined> {
    return (await this.query(ownerKeyQuery, { subject: formatSubject(subject) })).ownerKey ?? undefined;
  }

  /** One page of what waits, oldest first; `next` when there is another. */
  async sealedEvidence(page: { first: number; after?: string | undefined }): Promise<{
    pieces: readonly { id: string; subject: string; sealed: string; receivedAt: string }[];
    next: string | undefined;
  }> {
    const { edges, pageInfo } = (await this.query(sealedEvidenceQuery, { ...page })).sealedEvidence;
    const next = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
    return { pieces: edges.map(({ node }) => node), next };
  }

  /** Deletes at the hub what is safe here; repeating it is harmless. @returns how many still wait */
  async acknowledgeEvidence(ids: readonly string[]): Promise<number> {
    return (await this.query(acknowledgeEvidenceMutation, { ids })).acknowledgeEvidence;
  }

  /** Any operation of the hub's schema that may be repeated after a lost answer. */
  call<T>(operation: GraphqlOperation<T>, variables: Record<string, unknown>): Promise<T> {
    return this.query(operation, variables);
  }

  /** Campaigns of abuse, the newest first; at most 100. */
  async campaigns(page: { first: number }): Promise<Campaign[]> {
    return (await this.query(campaignsQuery, { ...page })).campaigns.edges.map(({ node }) => node);
  }

  /** One campaign, also under the id that it had before it was merged into another. */
  async campaign(id: string): Promise<Campaign | undefined> {
    return (await this.query(campaignQuery, { id })).campaign ?? undefined;
  }

  /** What became suspect in this member's networks, newest first. */
  async alerts(page: { first: number; openOnly: boolean }): Promise<OwnAlert[]> {
    return (await this.query(alertsQuery, { ...page })).alerts.edges.map(({ node }) => node);
  }

  /** Repeating an answer changes nothing. @throws {HubRefused} alert-unknown, alert-closed */
  async answerAlert(id: string, answer: 'seen' | 'found' | 'fixed'): Promise<OwnAlert> {
    return (await this.query(answerAlertMutation, { id, answer: answer.toUpperCase() })).answerAlert;
  }

  /** How this member is told of events. */
  async eventStream(): Promise<OwnEventStream> {
    return (await this.query(eventStreamQuery, {})).eventStream;
  }

  /** Changes how this member is told; each of them may be repeated. @throws {HubRefused} endpoint-refused, request-malformed */
  async setEventStream(change: EventStreamChange): Promise<OwnEventStream> {
    const { operation, variables } = eventStreamMutation(change);
    return (await this.query(operation, variables)).eventStream;
  }

  /** What this member's receiver could not use, oldest first. */
  async refusedEvents(): Promise<RefusedEvent[]> {
    return (await this.query(refusedEventsQuery, {})).refusedEvents;
  }

  /** The floods of bounces of the last 7 days on the domains that this member proved. */
  async bounceFloods(): Promise<BounceFlood[]> {
    return (await this.query(bounceFloodsQuery, {})).bounceFloods;
  }

  /** Has the hub look for the TXT record that proves a domain; the answer says what it must be. */
  async proveDomain(domain: string): Promise<DomainProof> {
    return (await this.ask(proveDomainMutation, { domain })).proveDomain;
  }

  private async query<T>(operation: GraphqlOperation<T>, variables: Record<string, unknown>): Promise<T> {
    return withRetry(this.runtime, this.retry, () => this.ask(operation, variables));
  }

  private async ask<T>(operation: GraphqlOperation<T>, variables: Record<string, unknown>): Promise<T> {
    try {
      return await this.askOnce(operation, variables);
    } catch (error) {
      if (!(error instanceof HubRefused) || error.status !== 401) throw error;
      // The hub may have restarted with a new token key. A fresh token is tried once.
      this.token = undefined;
      return this.askOnce(operation, variables);
    }
  }

  private async askOnce<T>(
    { text, schema }: GraphqlOperation<T>,
    variables: Record<string, unknown>,
  ): Promise<T> {
    const url = this.hub.endpoints.graphql;
    const request = {
      url,
      body: JSON.stringify({ query: text, variables }),
      contentType: 'application/json',
      accessToken: await this.accessToken(),
    };
    const answer = await askHub(
      this.runtime,
      request,
      z.object({ data: z.unknown(), errors: z.array(graphqlErrorSchema).optional() }),
    );
    const [error] = answer.errors ?? [];
    if (error) {
      throw new HubRefused({
        status: 200,
        code: error.extensions?.code ?? 'graphql-error',
        detail: error.message,
        errorId: error.extensions?.errorId,
      });
    }
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new HubAnswerInvalid(url, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }

  private async signAssertion(): Promise<string> {
    const nowSeconds = Math.floor(this.runtime.now() / 1_000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', kid: this.member.signing.kid, typ: 'JWT' })
      .setIssuer(this.member.id)
      .setSubject(this.member.id)
      .setAudience(this.hub.endpoints.token)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + ASSERTION_SECONDS)
      .setJti(this.runtime.randomId())
      .sign(this.member.signing.key);
  }
}
