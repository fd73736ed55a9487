// The messages of POST /oprf/evaluate (DESIGN 4.6), the same at hub and trustee.
import { z } from 'zod';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { SUITE_NAME } from './ciphersuite.js';
import { PROOF_BYTES } from './dleq.js';
import { type Epoch, parseEpoch } from './epoch.js';
import { OprfError } from './errors.js';
import { ELEMENT_BYTES, HASH_BYTES } from './ristretto.js';
import { EVALUATION_BATCH_MAX, type Evaluation } from './suite.js';

const elements = z.array(z.string()).min(1).max(EVALUATION_BATCH_MAX);

/** `{"suite":"ristretto255-SHA512","epoch":"2026-11","blinded":["<base64url>"]}`, nothing else. */
export const evaluateRequestSchema = z.strictObject({
  suite: z.literal(SUITE_NAME),
  epoch: z.string(),
  blinded: elements,
});
/** `{"evaluated":["<base64url>"],"proof":"<base64url>"}`; other members are left for later versions. */
export const evaluateAnswerSchema = z.object({ evaluated: elements, proof: z.string() });

export type EvaluateRequestBody = z.infer<typeof evaluateRequestSchema>;
export type EvaluateAnswerBody = z.infer<typeof evaluateAnswerSchema>;

export interface EvaluateRequest {
  readonly epoch: Epoch;
  /** 1..100 of 32 octets. Whether they are elements is seen by {@link Suite.evaluate}. */
  readonly blinded: readonly Uint8Array[];
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new OprfError(
    'message-malformed',
    `${where === '' ? 'body' : where}: ${issue?.message ?? 'malformed'}`,
  );
}

const decodeList = (texts: readonly string[], where: string): Uint8Array[] =>
  texts.map((text, i) => decodeBase64url(text, ELEMENT_BYTES, `${where}[${i}]`));

export function encodeEvaluateRequest(request: EvaluateRequest): EvaluateRequestBody {
  return {
    suite: SUITE_NAME,
    epoch: request.epoch,
    blinded: request.blinded.map(encodeBase64url),
  };
}

/** @param body parsed JSON @throws {OprfError} message-malformed, epoch-invalid */
export function decodeEvaluateRequest(body: unknown): EvaluateRequest {
  const { epoch, blinded } = parse(evaluateRequestSchema, body);
  return { epoch: parseEpoch(epoch), blinded: decodeList(blinded, 'blinded') };
}

export function encodeEvaluateAnswer(evaluation: Evaluation): EvaluateAnswerBody {
  return {
    evaluated: evaluation.evaluated.map(encodeBase64url),
    proof: encodeBase64url(evaluation.proof),
  };
}

/** For {@link Suite.verify}, which says whether to believe it. @throws {OprfError} message-malformed */
export function decodeEvaluateAnswer(body: unknown): Evaluation {
  const { evaluated, proof } = parse(evaluateAnswerSchema, body);
  return {
    evaluated: decodeList(evaluated, 'evaluated'),
    proof: decodeBase64url(proof, PROOF_BYTES, 'proof'),
  };
}

/** 43 characters. */
export const encodePublicKey = encodeBase64url;

/** The octets of a published key. @throws {OprfError} message-malformed */
export const decodePublicKey = (text: string): Uint8Array =>
  decodeBase64url(text, ELEMENT_BYTES, 'public key');

/** 86 characters. */
export const encodeToken = encodeBase64url;

/** The octets of a token as it travels to the hub. @throws {OprfError} message-malformed */
export const decodeToken = (text: string): Uint8Array => decodeBase64url(text, HASH_BYTES, 'token');
