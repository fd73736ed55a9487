// What two members of a case send each other through the hub. The hub sees form and size, libs/client the content.
import { z } from 'zod';
import { SubscriberRefused } from './errors.js';

/** Typ of a message, a compact JWE (RFC 7516) under a key of the two members. */
export const CASE_MESSAGE_TYP = 'sekisho-case+jwe';
/** One side's messages in a case: people talk, nothing is transferred. */
export const MAX_CASE_MESSAGES = 100;
/** A page of text; in UTF-8, padded and encoded it is within MAX_SEALED_CHARACTERS. */
export const MAX_MESSAGE_CHARACTERS = 2_000;
const MAX_SEALED_CHARACTERS = 12_288;

const octets32 = z.string().regex(/^[\w-]{43}$/, 'not 32 bytes in base64url');

/** One side's X25519 key of a case with its authentication codes, of which one is enough. */
const caseKeySchema = z.strictObject({
  x: octets32,
  /** Under each secret that this side shares with the other one if its identifier is the one that matched. */
  macs: z.array(octets32).min(1).max(10),
});
export type CaseKey = z.output<typeof caseKeySchema>;

/** A key as it is published. @throws {SubscriberRefused} message-malformed */
export function readCaseKey(text: string): CaseKey {
  const parsed = caseKeySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new SubscriberRefused(
    'message-malformed',
    'key: {"x": …, "macs": [ … ]} as JSON, 32 bytes each in base64url',
  );
}

/** Whether it has the form of a message. @throws {SubscriberRefused} message-malformed */
export function requireSealedMessage(text: string): string {
  const isCompact = /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/.test(text);
  if (isCompact && text.length <= MAX_SEALED_CHARACTERS) return text;
  throw new SubscriberRefused(
    'message-malformed',
    `sealed: a compact JWE (dir, A256GCM) of at most ${MAX_SEALED_CHARACTERS} characters`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
