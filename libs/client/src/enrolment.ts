import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { discover } from './discovery.js';
import type { SubmissionOptions } from './envelope.js';
import { HubAnswerInvalid } from './errors.js';
import { askHub } from './hub-transport.js';
import { MemberDirectory, memberSchema, type Member } from './member-directory.js';
import { publicJwk, type MemberKeys } from './member-keys.js';
import { DEFAULT_RETRY, withRetry } from './retry.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';
import { discoverHubOf } from './submission.js';

const ENROLMENT_TYP = 'sekisho-enrolment+jwt';
const ROTATION_TYP = 'sekisho-rotation+jwt';

const enrolledSchema = z.object({
  member: memberSchema,
  signingKid: z.string(),
  encryptionKid: z.string(),
  hub: z.string(),
});

const rotatedSchema = z.object({
  signingKid: z.string(),
  encryptionKid: z.string(),
  previousValidUntil: z.iso.datetime({ offset: true }),
});

export interface Enrolled {
  readonly member: Member;
  readonly hub: string;
  readonly signingKid: string;
  readonly encryptionKid: string;
}

export interface Rotated {
  readonly signingKid: string;
  readonly encryptionKid: string;
  /** RFC 3339: until then the hub also takes what the previous key signed. */
  readonly previousValidUntil: string;
  /** Whether the trustee took the new key over; undefined: the hub works with none. If not, its operator has to. */
  readonly isTrusteeTold?: boolean;
}

/**
 * Registers new keys with a one-time code. The keys are in `dir` before the code is used, so after a crash or a
 * lost answer the same call completes the same enrolment.
 * @throws {MemberDirectoryFault | HubRefused | HubUnreachable | HubAnswerInvalid}
 */
export async function enrol(
  { hubUrl, code, dir }: { hubUrl: string; code: string; dir: string },
  { runtime = systemRuntime, retry = DEFAULT_RETRY }: SubmissionOptions = {},
): Promise<Enrolled> {
  const { hub, endpoints } = await discover(hubUrl, runtime);
  const directory = new MemberDirectory(dir);
  const keys = await directory.prepareKeys();
  const enrolled = await withRetry(runtime, retry, async () => {
    const body = await signByNewKey(
      keys,
      { code, encryptionKey: publicJwk(keys.encryption) },
      { aud: hub, now: runtime.now(), jti: runtime.randomId() },
    );
    return askHub(
      runtime,
      { url: endpoints.enrolment, body, contentType: 'application/jwt' },
      enrolledSchema,
    );
  });
  checkKids(endpoints.enrolment, enrolled, keys);
  await directory.completeEnrolment({
    version: 1,
    hub,
    hubUrl,
    member: enrolled.member,
    signingKid: keys.signing.kid,
    encryptionKid: keys.encryption.kid,
  });
  return { ...enrolled, hub };
}

/**
 * Replaces both keys of a member. The new ones are on disk before the hub hears of them and take over after its
 * answer; interrupted at any point, the same call completes the same rotation.
 * @throws {MemberDirectoryFault | HubChanged | HubRefused | HubUnreachable | HubAnswerInvalid}
 */
export async function rotateKeys(
  dir: string,
  { runtime = systemRuntime, retry = DEFAULT_RETRY }: SubmissionOptions = {},
): Promise<Rotated> {
  const directory = new MemberDirectory(dir);
  const member = await directory.open();
  const { hub, endpoints, trustee: trusteeUrl } = await discoverHubOf(member, { runtime });
  const next = await directory.prepareNextKeys();
  const vouch = async (aud: string) => {
    const now = runtime.now();
    const proof = await signByNewKey(
      next,
      { encryptionKey: publicJwk(next.encryption) },
      { aud, now, jti: runtime.randomId() },
    );
    return new SignJWT({ proof })
      .setProtectedHeader({ alg: 'EdDSA', typ: ROTATION_TYP, kid: member.signing.kid })
      .setIssuer(member.id)
      .setAudience(aud)
      .setIssuedAt(Math.floor(now / 1_000))
      .setJti(runtime.randomId())
      .sign(member.signing.key);
  };
  const rotated = await withRetry(runtime, retry, async () =>
    askHub(
      runtime,
      { url: endpoints.keys, body: await vouch(hub), contentType: 'application/jwt' },
      rotatedSchema,
    ),
  );
  checkKids(endpoints.keys, rotated, next);
  // Before the old key is gone: the trustee takes nobody's word for the new one but the old one's.
  const isTrusteeTold = trusteeUrl === undefined ? undefined : await tellTrustee(trusteeUrl, vouch, runtime);
  await directory.switchToNextKeys(next, runtime.randomId());
  return { ...rotated, ...(isTrusteeTold !== undefined && { isTrusteeTold }) };
}

const trusteeSchema = z.object({ trustee: z.string(), endpoints: z.object({ keys: z.url() }) });

async function tellTrustee(
  url: string,
  vouch: (aud: string) => Promise<string>,
  runtime: ClientRuntime,
): Promise<boolean> {
  try {
    const { trustee, endpoints } = await askHub(
      runtime,
      { url: `${url}/.well-known/sekisho` },
      trusteeSchema,
    );
    const body = JSON.stringify({ rotation: await vouch(trustee) });
    const request = { url: endpoints.keys, body, contentType: 'application/json' };
    await askHub(runtime, request, z.object({ signingKid: z.string() }));
    return true;
  } catch {
    // The rotation at the hub is done. Who matches no subscribers is not known to the trustee at all.
    return false;
  }
}

/** Shows possession of the new key: it signs a claim with its own public half in the header. */
async function signByNewKey(
  { signing }: MemberKeys,
  claims: Record<string, unknown>,
  { aud, now, jti }: { aud: string; now: number; jti: string },
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: ENROLMENT_TYP, kid: signing.kid, jwk: publicJwk(signing) })
    .setAudience(aud)
    .setIssuedAt(Math.floor(now / 1_000))
    .setJti(jti)
    .sign(await importJWK(signing, signing.alg));
}

function checkKids(
  url: string,
  answer: { signingKid: string; encryptionKid: string },
  keys: MemberKeys,
): void {
  if (answer.signingKid !== keys.signing.kid || answer.encryptionKid !== keys.encryption.kid) {
    throw new HubAnswerInvalid(url, 'it registered other keys than those sent');
  }
}
