// A member's side of the split OPRF (DESIGN 4.6): blind, ask hub and trustee, verify both, combine, seal.
import { digestOfStatement, statementKeySchema, type StatementKey } from '@sekisho/evaluation';
import type { Identifier } from '@sekisho/identifier';
import {
  decodeEvaluateAnswer,
  decodePublicKey,
  encodeEvaluateRequest,
  evaluateAnswerSchema,
  frameInput,
  OprfError,
  parseEpoch,
  type Epoch,
  type Suite,
} from '@sekisho/oprf';
import { loadFastSuite } from '@sekisho/sodium';
import type { IdentifierType } from '@sekisho/subscriber';
import { parseVerifierKey } from '@sekisho/tlog';
import { SignJWT } from 'jose';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { publishedEpochsSchema, type HubDescription } from '../discovery.js';
import { HubAnswerInvalid } from '../errors.js';
import { askHub } from '../hub-transport.js';
import type { EnrolledMember } from '../member-directory.js';
import { createPrivateJson, readPrivateJson, replacePrivateJson } from '../private-file.js';
import { systemRuntime, type ClientRuntime } from '../runtime.js';
import { discoverHubOf } from '../submission.js';
import { KeyMismatch, StatementForged, TrusteeFailed, type Party } from './errors.js';
import {
  readKeyHistory,
  readStatementOf,
  requireLogged,
  type EpochHistory,
  type StatementSource,
} from './key-history.js';

/** What goes to the hub in place of an identifier. */
export interface SealedIdentifier {
  readonly type: IdentifierType;
  /** 32 bytes in base64url. */
  readonly tag: string;
}

/** With the token itself, which only members that know the identifier can have made. It leaves the member never. */
export interface EvaluatedIdentifier extends SealedIdentifier {
  readonly token: Uint8Array;
}

type Purpose = 'register' | 'check' | 'renew' | 'case';

const pinsSchema = z.object({
  /** The trustee of this member's hub, as first seen: a hub cannot put another in its place. */
  trusteeUrl: z.string(),
  trustee: z.string(),
  hubKeys: z.record(z.string(), z.string()),
  trusteeKeys: z.record(z.string(), z.string()),
  /** The keys that sign statements, as first seen: `x` of each. */
  signingKeys: z.object({ hub: z.string(), trustee: z.string() }).optional(),
});
type Pins = z.output<typeof pinsSchema>;

const trusteeSchema = z.object({
  trustee: z.string(),
  keys: z.array(statementKeySchema).min(1),
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
  readonly hub: HubDescription;
  readonly sources: Readonly<Record<Party, StatementSource>>;
}

const PARTIES = ['hub', 'trustee'] as const;
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
    const { suite } = await loadFastSuite();
    return new OprfClient(member, join(dir, 'oprf-pins.json'), suite, runtime);
  }

  /** Epochs to ask under: this month's and, while it holds records, the one before. */
  async searched(): Promise<readonly string[]> {
    return (await this.read()).searched;
  }

  /**
   * Every epoch since the federation began, with the entries of the log that hold what was said of it.
   * @throws {KeyMismatch} when the log, which all members see, gives an epoch another key than this member was shown
   * @throws {StatementForged | LogRefused} @throws as seal
   */
  async history(): Promise<EpochHistory[]> {
    const { hub, sources, keys } = await this.read();
    const history = await readKeyHistory(hub, sources, this.runtime);
    for (const party of PARTIES) requireLogged(party, history, keys[party]);
    return history;
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
    purpose: Purpose,
  ): Promise<SealedIdentifier[]> {
    const evaluated = await this.evaluate(identifiers, month, purpose);
    return evaluated.map(({ type, tag }) => ({ type, tag }));
  }

  /** As seal, with the tokens. @throws as seal */
  async evaluate(
    identifiers: readonly Identifier[],
    month: string,
    purpose: Purpose,
  ): Promise<EvaluatedIdentifier[]> {
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
      return {
        type,
        token,
        tag: Buffer.from(this.suite.sealToken(token, { epoch, type })).toString('base64url'),
      };
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
    const sources = {
      hub: { id: hub.hub, key: signingKeyOf(hub) },
      trustee: { id: trustee.trustee, key: requireKey(trustee.keys[0]) },
    };
    await this.requireStatement('hub', sources.hub, hub.oprf, pins);
    await this.requireStatement('trustee', sources.trustee, trustee.oprf, pins);
    agree('hub', hub.oprf.epochs, recordOf(trustee.oprf.witnessed), 'another one than the trustee was shown');
    agree('hub', hub.oprf.epochs, pins?.hubKeys, 'another one than before');
    agree('trustee', trustee.oprf.epochs, pins?.trusteeKeys, 'another one than before');
    const hubKeys = { ...pins?.hubKeys, ...recordOf(hub.oprf.epochs) };
    const trusteeKeys = { ...pins?.trusteeKeys, ...recordOf(trustee.oprf.epochs) };
    const signingKeys = { hub: sources.hub.key.x, trustee: sources.trustee.key.x };
    await this.pin({ trusteeUrl, trustee: trustee.trustee, hubKeys, trusteeKeys, signingKeys });
    return {
      ids: { hub: hub.hub, trustee: trustee.trustee },
      urls: { hub: hub.endpoints.evaluate, trustee: trustee.endpoints.evaluate },
      keys: { hub: hubKeys, trustee: trusteeKeys },
      searched: hub.oprf.searched,
      readAt: this.runtime.now(),
      ...{ hub, sources },
    };
  }

  /** @throws {StatementForged} when what is published is not what the party signed, or is signed with another key than before */
  private async requireStatement(
    party: Party,
    source: StatementSource,
    published: z.output<typeof publishedEpochsSchema>,
    pins: Pins | undefined,
  ): Promise<void> {
    const pinned = pins?.signingKeys?.[party];
    if (pinned !== undefined && pinned !== source.key.x) {
      throw new StatementForged(party, 'the party has another signing key than before');
    }
    const said = await readStatementOf(party, source, published.statement);
    if (!digestOfStatement(said).equals(digestOfStatement(published))) {
      throw new StatementForged(party, 'what is published is not what it signed');
    }
  }

  private async pin(pins: Pins): Promise<void> {
    if (await createPrivateJson(this.pinsPath, pins)) return;
    await replacePrivateJson(this.pinsPath, pins, this.runtime.randomId());
  }
}

type PublishedKey = z.output<typeof publishedEpochsSchema>['epochs'][number];

const recordOf = (keys: readonly PublishedKey[]): Record<string, string> =>
  Object.fromEntries(keys.map(({ epoch, publicKey }) => [epoch, publicKey]));

/** The log's key is the hub's. @throws {HubAnswerInvalid} */
function signingKeyOf({ hub, log }: HubDescription): StatementKey {
  if (!log) throw new HubAnswerInvalid(hub, 'it publishes no key that signs its statements');
  const x = Buffer.from(parseVerifierKey(log.key).publicKey).toString('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x, kid: log.origin };
}

function requireKey(key: StatementKey | undefined): StatementKey {
  if (!key) throw new TrusteeFailed(new Error('it publishes no key'));
  return key;
}

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
