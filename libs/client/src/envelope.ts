// An envelope is a compact JWS (RFC 7515) of a JWT claims set (RFC 7519): DESIGN 4.3.
import { ENVELOPE_TYP, type ReportInput } from '@sekisho/report';
import { SignJWT } from 'jose';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { askHub } from './hub-transport.js';
import { acceptedRuns, type ReceiptBook } from './log/receipt-book.js';
import type { EnrolledMember } from './member-directory.js';
import { DEFAULT_RETRY, withRetry, type RetryPolicy } from './retry.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';

const receiptSchema = z.object({
  receiptId: z.string(),
  accepted: z.int().min(0),
  rejected: z.array(z.object({ index: z.int().min(0), code: z.string(), message: z.string() })),
  /** Where the accepted reports are in the transparency log. */
  log: z.object({ index: z.int().min(0), salt: z.string(), checkpoint: z.string().optional() }).optional(),
});

/** The hub's answer to an envelope: what is not in `rejected` is stored. */
export type Receipt = z.output<typeof receiptSchema>;

export type EnvelopeSigner = Pick<EnrolledMember, 'id' | 'hub' | 'signing'>;

/**
 * Signs 1 to 1,000 reports as one envelope.
 * @param at `now` in milliseconds since 1970; `jti` of 8 to 128 characters, never used before by this member
 */
export async function signEnvelope(
  member: EnvelopeSigner,
  reports: readonly ReportInput[],
  at: { now: number; jti: string },
): Promise<string> {
  return new SignJWT({ reports })
    .setProtectedHeader({ alg: 'EdDSA', kid: member.signing.kid, typ: ENVELOPE_TYP })
    .setIssuer(member.id)
    .setAudience(member.hub)
    .setIssuedAt(Math.floor(at.now / 1_000))
    .setJti(at.jti)
    .sign(member.signing.key);
}

export interface SubmissionOptions {
  readonly runtime?: ClientRuntime;
  readonly retry?: RetryPolicy;
  /** Where receipts are kept, so that `verifyLog` can look for the reports. */
  readonly book?: ReceiptBook;
}

/**
 * Sends one envelope, and the very same envelope again while the hub cannot be reached, is busy or fails:
 * the hub answers a repeated envelope with its first receipt, so nothing counts twice.
 * @throws {HubRefused | HubUnreachable | HubAnswerInvalid}
 */
export async function submitEnvelope(
  reportsUrl: string,
  envelope: string,
  { runtime = systemRuntime, retry = DEFAULT_RETRY, book }: SubmissionOptions = {},
): Promise<Receipt> {
  const request = { url: reportsUrl, body: envelope, contentType: 'application/jwt' };
  const receipt = await withRetry(runtime, retry, () => askHub(runtime, request, receiptSchema));
  const { receiptId, accepted, rejected, log } = receipt;
  if (book && log) {
    const refused = rejected.map(({ index }) => index);
    await book.keep({
      ...{ receiptId, at: runtime.now(), index: log.index, salt: log.salt },
      digest: createHash('sha256').update(envelope).digest('base64url'),
      items: acceptedRuns(accepted + refused.length, refused),
    });
  }
  return receipt;
}
