// What members sign about subscribers: claims of compact JWS, beside iss, aud, iat and jti.
import { z } from 'zod';
import { SubscriberRefused } from './errors.js';
import { EVIDENCE_LEVELS, IDENTIFIER_TYPES, LEGAL_BASES, PURPOSES, REASONS } from './vocabulary.js';

export const TERMINATION_TYP = 'sekisho-termination+jwt';
export const RENEWAL_TYP = 'sekisho-renewal+jwt';
export const CORRECTION_TYP = 'sekisho-correction+jwt';
export const CHECK_TYP = 'sekisho-check+jwt';

export const MAX_IDENTIFIERS = 5;
export const MAX_RENEWALS = 100;

/** What the hub knows a token by: 32 bytes in base64url (libs/oprf). */
const tag = z.string().regex(/^[\w-]{43}$/, 'not 32 bytes in base64url');
const epoch = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'not an epoch such as 2026-11');

const identifiers = z
  .array(z.strictObject({ type: z.enum(IDENTIFIER_TYPES), tag }))
  .min(1)
  .max(MAX_IDENTIFIERS)
  .refine((all) => new Set(all.map((one) => one.tag)).size === all.length, 'the same identifier twice');

/**
 * A member's own name for a case: no person can be read from it. What looks like a telephone, card or account number
 * or like an address is refused.
 */
export const caseNumberSchema = z
  .string()
  .regex(/^[A-Za-z0-9._/-]{1,40}$/, 'up to 40 letters, digits and . _ / -')
  .refine(
    (text) => !/\d{9}/.test(text.replace(/[._/-]/g, '')),
    'nine digits in a row could be a number of a person',
  );

const signed = { iss: z.string(), aud: z.string(), iat: z.int(), jti: z.string().min(8).max(128) };
const day = z.iso.date();

export const reasonSchema = z.enum(REASONS, {
  error: ({ input }) =>
    `${JSON.stringify(String(input).slice(0, 40))} is no abuse of mail; admissible are ${REASONS.join(', ')}`,
});

const termination = z.strictObject({
  ...{ epoch, identifiers, reason: reasonSchema, terminatedOn: day },
  evidence: z.enum(EVIDENCE_LEVELS),
  caseNumber: caseNumberSchema,
  expiresOn: day.optional(),
});

export const terminationClaimsSchema = z.object({ ...signed, termination });
export type TerminationClaims = z.output<typeof terminationClaimsSchema>;

/** A record as it is to be from now on: all of it, under the version after the one that it has. */
export const correctionClaimsSchema = z.object({
  ...signed,
  terminationId: z.uuid(),
  version: z.int().min(2),
  termination,
});

export const renewalClaimsSchema = z.object({
  ...signed,
  epoch,
  renewals: z
    .array(z.strictObject({ terminationId: z.uuid(), identifiers }))
    .min(1)
    .max(MAX_RENEWALS),
});
export type RenewalClaims = z.output<typeof renewalClaimsSchema>;

export const checkClaimsSchema = z.object({
  ...signed,
  check: z.strictObject({
    purpose: z.enum(PURPOSES),
    /** The version of the notice that told the applicant of this check. */
    noticeVersion: z.string().regex(/^[\w.-]{1,32}$/, 'up to 32 letters, digits and . _ -'),
    legalBasis: z.enum(LEGAL_BASES),
    /** The same identifiers under every epoch that the hub searches. */
    tokens: z.array(z.strictObject({ epoch, identifiers })).min(1).max(2),
  }),
});
export type CheckClaims = z.output<typeof checkClaimsSchema>;

/**
 * Reads claims whose signature was verified.
 * @throws {SubscriberRefused} reason-not-admissible for a ground that is none of the federation's, else `code`
 */
export function readClaims<T>(
  schema: z.ZodType<T>,
  claims: unknown,
  code: 'termination-malformed' | 'check-malformed',
): T {
  const parsed = schema.safeParse(claims);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  const message = issue?.message ?? 'not of the published form';
  throw new SubscriberRefused(
    where === 'termination.reason' ? 'reason-not-admissible' : code,
    `${where}: ${message}`,
  );
}
