import { CompactEncrypt, compactDecrypt, importJWK, type CryptoKey, type JWK } from 'jose';
import { SealedFault } from './errors.js';
import { evidenceSchema, MAX_EVIDENCE_BYTES, type Evidence, type EvidenceInput } from './evidence.js';
import { readRecipientKid, SEALED_ALG, SEALED_ENC, SEALED_TYP } from './sealed-header.js';

/** The public encryption key of a network's owner, as the hub gives it out: a key and its thumbprint, no name. */
export interface OwnerKey {
  readonly kid: string;
  readonly jwk: JWK;
}

/** A private encryption key, current or superseded. */
export interface OpeningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** The length of a ciphertext tells its reader no more than whole KiB. White space after JSON means nothing (RFC 8259). */
const PAD_TO_BYTES = 1_024;

/**
 * Seals evidence so that only the holder of the private key can read it. The same evidence twice gives two texts.
 * @throws {SealedFault} evidence-malformed, evidence-too-large
 */
export async function sealEvidence(evidence: EvidenceInput, { kid, jwk }: OwnerKey): Promise<string> {
  const parsed = evidenceSchema.safeParse(evidence);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SealedFault('evidence-malformed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const text = new TextEncoder().encode(JSON.stringify(parsed.data));
  if (text.length > MAX_EVIDENCE_BYTES) {
    throw new SealedFault(
      'evidence-too-large',
      `${String(text.length)} bytes of evidence; at most ${String(MAX_EVIDENCE_BYTES)}. Send fewer header fields`,
    );
  }
  const padded = new Uint8Array(Math.ceil(text.length / PAD_TO_BYTES) * PAD_TO_BYTES).fill(0x20);
  padded.set(text);
  const { kty, crv, x } = jwk;
  return new CompactEncrypt(padded)
    .setProtectedHeader({ alg: SEALED_ALG, enc: SEALED_ENC, typ: SEALED_TYP, kid })
    .encrypt(await importJWK({ kty, crv, x } as JWK, SEALED_ALG));
}

/**
 * Opens what was sealed to one of the keys; superseded ones open what was on its way when they were replaced.
 * @throws {SealedFault} sealed-malformed, sealed-key-unknown, sealed-damaged, evidence-malformed
 */
export async function openSealed(sealed: string, keys: readonly OpeningKey[]): Promise<Evidence> {
  const kid = readRecipientKid(sealed);
  const found = keys.find((key) => key.kid === kid);
  if (!found) {
    throw new SealedFault('sealed-key-unknown', `sealed to key ${kid}, which is not in this directory`);
  }
  let plaintext: Uint8Array;
  try {
    ({ plaintext } = await compactDecrypt(sealed, found.key, {
      keyManagementAlgorithms: [SEALED_ALG],
      contentEncryptionAlgorithms: [SEALED_ENC],
    }));
  } catch (error) {
    throw new SealedFault('sealed-damaged', 'it was changed on its way, or not sealed to the key it names', {
      cause: error,
    });
  }
  const parsed = evidenceSchema.safeParse(parseJson(new TextDecoder().decode(plaintext)));
  if (parsed.success) return parsed.data;
  throw new SealedFault('evidence-malformed', 'what was sealed is no evidence of version 1');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
