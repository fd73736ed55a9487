// A member's side of the split OPRF (DESIGN 4.6): blind, ask hub and trustee, verify both, combine, seal.
import type { Identifier } from '@sekisho/identifier';
import {
  decodeEvaluateAnswer,
  decodePublicKey,
  encodeEvaluateRequest,
  evaluateAnswerSchema,
  frameInput,
  loadSuite,
  OprfError,
  parseEpoch,
  type Epoch,
  type Suite,
} from '@sekisho/oprf';
import type { IdentifierType } from '@sekisho/subscriber';
import { SignJWT } from 'jose';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { publishedEpochsSchema } from '../discovery.js';
import { HubAnswerInvalid } from '../errors.js';
import { askHub } from '../hub-transport.js';
import type { EnrolledMember } from '../member-directory.js';
import { createPrivateJson, readPrivateJson, replacePrivateJson } from '../private-file.js';
import { systemRuntime, type ClientRuntime } from '../runtime.js';
import { discoverHubOf } from '../submission.js';
import { KeyMismatch, TrusteeFailed } from './errors.js';

/** What goes to the hub in place of an identifier. */
export interface SealedIdentifier {
  readonly type: IdentifierType;
  /** 32 bytes in base64url. */
  readonly tag: string;
}

type Party = 'hub' | 'trustee';

const pinsSchema = z.object({
  /** The trustee of this member's hub, as first seen: a hub cannot put another in its place. */
  trusteeUrl: z.string(),
  trustee: z.string(),
  hubKeys: z.record(z.string(), z.string()),
  trusteeKeys: z.record(z.string(), z.string()),
});
type Pins = z.output<typeof pinsSchema>;

const trusteeSchema = z.object({
  trustee: z.string(),
  endpoints: z.object({ evaluate: z.url({ protocol: /^https?$/ }) }),
  oprf: publishedEpochsSchema.extend({
    /** The hub's keys as the trustee saw them. */
    witnessed: z.array(z.object({ epoch: z.string(), publicKey: z.string() })).default([]),
  }),
});

interface Parties {
  readonly readAt: number;
  readonly urls: Readonly<Record<Party, string>>;
  readonly ids: Readonly<Record<Party, string>>;
  readonly keys: Readonly<Record<Party, Readonly<Record<string, string>>>>;
  readonly searched: readonly string[];
}

/** Keys change monthly; which epochs are searched changes when records are renewed. */
const REREAD_MS = 60_000;

export class OprfClient {
  private parties: Promise<Parties> | undefined;

  private constructor(
    private readonly member: EnrolledMember,
    private readonly pinsPath: string,
    private readonly suite: Suite,
    private readonly runtime: ClientRuntime,
  ) {}

  /** @param dir the member's directory, which keeps the keys seen first */
  static async open(
    member: EnrolledMember,
    dir: string,
    runtime: ClientRuntime = systemRuntime,
  ): Promise<OprfClient> {
    return new OprfClient(member, join(dir, 'oprf-pins.json'), await loadSuite(), runtime);
  }

  /** Epochs to ask under: this month's and, while it holds records, the one before. */
  async searched(): Promise<readonly string[]> {
    return (await this.read()).searched;
  }

  /** The epoch that takes records now. */
  async current(): Promise<string> {
    const { searched } = await this.read();
    return searched.at(-1) ?? '';
  }

  /**
   * The tags of 1 to 100 identifiers under one epoch, in their order.
   * @throws {KeyMismatch} a party that used another key than the one it published
   * @throws {TrusteeFailed | HubRefused | HubUnreachable | HubAnswerInvalid}
   */
  async seal(
    identifiers: readonly Identifier[],
    month: string,
    purpose: 'register' | 'check' | 'renew',
  ): Promise<SealedIdentifier[]> {
    const epoch = parseEpoch(month);
    const parties = await this.read();
    const blinded = this.suite.blind(identifiers.map(frameInput), randomBytes);
    const elements = blinded.map(({ element }) => element);
    const body = JSON.stringify(encodeEvaluateRequest({ epoch, blinded: elements }));
    const ask = async (party: Party) => {
      const answer = await this.post(parties, party, body, purpose);
      return this.verify(parties, party, epoch, elements, answer);
    };
    const [hub, trustee] = await Promise.all([
      ask('hub'),
      ask('trustee').catch((error: unknown) => {
        throw error instanceof KeyMismatch ? error : new TrusteeFailed(error);
      }),
    ]);
    const tokens = this.suite.finalize(blinded, this.suite.combine(hub, trustee));
    return identifiers.map(({ type }, i) => {
      const token = tokens[i] ?? new Uint8Array();
      return { type, tag: Buffer.from(this.suite.sealToken(token, { epoch, type })).toString('base64url') };
    });
  }

  private verify(
    { keys }: Parties,
    party: Party,
    epoch: Epoch,
    elements: readonly Uint8Array[],
    answer: z.output<typeof evaluateAnswerSchema>,
  ) {
    const key = keys[party][epoch];
    if (key === undefined) throw new KeyMismatch(party, epoch, 'it publishes none');
    try {
      return this.suite.verify(decodePublicKey(key), elements, decodeEvaluateAnswer(answer));
    } catch (error) {
      if (!(error instanceof OprfError)) throw error;
      throw new KeyMismatch(party, epoch, error.message, { cause: error });
    }
  }

  private async post(parties: Parties, party: Party, body: string, purpose: string) {
    const proof = await new SignJWT({
      purpose,
      digest: createHash('sha256').update(body).digest('base64url'),
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.member.signing.kid, typ: 'sekisho-evaluation+jwt' })
      .setIssuer(this.member.id)
      .setAudience(parties.ids[party])
      .setIssuedAt(Math.floor(this.runtime.now() / 1_000))
      .setJti(this.runtime.randomId())
      .sign(this.member.signing.key);
    const headers = { 'sekisho-evaluation': proof };
    const request = { url: parties.urls[party], body, contentType: 'application/json', headers };
    return askHub(this.runtime, request, evaluateAnswerSchema);
  }

  private async read(): Promise<Parties> {
    const known = await this.parties?.catch(() => undefined);
    if (known && this.runtime.now() - known.readAt < REREAD_MS) return known;
    this.parties = this.discover();
    return this.parties;
  }

  private async discover(): Promise<Parties> {
    const hub = await discoverHubOf(this.member, { runtime: this.runtime });
    const pins = await readPrivateJson(this.pinsPath, pinsSchema);
    const trusteeUrl = pins?.trusteeUrl ?? hub.trustee;
    if (!hub.oprf || trusteeUrl === undefined || hub.endpoints.evaluate === undefined) {
      throw new HubAnswerInvalid(this.member.hubUrl, 'it names no trustee, so it matches no subscribers');
    }
    const trustee = await askHub(
      this.runtime,
      { url: `${trusteeUrl}/.well-known/sekisho` },
      trusteeSchema,
    ).catch((error: unknown) => {
      throw new TrusteeFailed(error);
    });
    agree('hub', hub.oprf.epochs, recordOf(trustee.oprf.witnessed), 'another one than the trustee was shown');
    agree('hub', hub.oprf.epochs, pins?.hubKeys, 'another one than before');
    agree('trustee', trustee.oprf.epochs, pins?.trusteeKeys, 'another one than before');
    const hubKeys = { ...pins?.hubKeys, ...recordOf(hub.oprf.epochs) };
    const trusteeKeys = { ...pins?.trusteeKeys, ...recordOf(trustee.oprf.epochs) };
    await this.pin({ trusteeUrl, trustee: trustee.trustee, hubKeys, trusteeKeys });
    return {
      ids: { hub: hub.hub, trustee: trustee.trustee },
      urls: { hub: hub.endpoints.evaluate, trustee: trustee.endpoints.evaluate },
      keys: { hub: hubKeys, trustee: trusteeKeys },
      searched: hub.oprf.searched,
      readAt: this.runtime.now(),
    };
  }

  private async pin(pins: Pins): Promise<void> {
    if (await createPrivateJson(this.pinsPath, pins)) return;
    await replacePrivateJson(this.pinsPath, pins, this.runtime.randomId());
  }
}

type PublishedKey = z.output<typeof publishedEpochsSchema>['epochs'][number];

const recordOf = (keys: readonly PublishedKey[]): Record<string, string> =>
  Object.fromEntries(keys.map(({ epoch, publicKey }) => [epoch, publicKey]));

/** @throws {KeyMismatch} */
function agree(
  party: Party,
  published: readonly PublishedKey[],
  known: Readonly<Record<string, string>> | undefined,
  detail: string,
): void {
  for (const { epoch, publicKey } of published) {
    if ((known?.[epoch] ?? publicKey) !== publicKey) throw new KeyMismatch(party, epoch, detail);
  }
}
