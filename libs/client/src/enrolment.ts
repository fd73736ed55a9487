import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { discover } from './discovery.js';
import type { SubmissionOptions } from './envelope.js';
import { HubAnswerInvalid } from './errors.js';
import { askHub } from './hub-transport.js';
import { MemberDirectory, memberSchema, type Member } from './member-directory.js';
import { publicJwk, type MemberKeys } from './member-keys.js';
import { DEFAULT_RETRY, withRetry } from './retry.js';
import { systemRuntime } from './runtime.js';
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
  const { hub, endpoints } = await discoverHubOf(member, { runtime });
  const next = await directory.prepareNextKeys();
  const rotated = await withRetry(runtime, retry, async () => {
    const now = runtime.now();
    const proof = await signByNewKey(
      next,
      { encryptionKey: publicJwk(next.encryption) },
      { aud: hub, now, jti: runtime.randomId() },
    );
    const body = await new SignJWT({ proof })
      .setProtectedHeader({ alg: 'EdDSA', typ: ROTATION_TYP, kid: member.signing.kid })
      .setIssuer(member.id)
      .setAudience(hub)
      .setIssuedAt(Math.floor(now / 1_000))
      .setJti(runtime.randomId())
      .sign(member.signing.key);
    return askHub(runtime, { url: endpoints.keys, body, contentType: 'application/jwt' }, rotatedSchema);
  });
  checkKids(endpoints.keys, rotated, next);
  await directory.switchToNextKeys(next, runtime.randomId());
  return rotated;
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
