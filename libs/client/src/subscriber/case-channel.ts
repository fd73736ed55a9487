// How two members of a case talk although they do not know each other, and the hub in between cannot read or forge:
// both know the token of what matched, which the hub does not (it has a digest that no token can be made of).
import { CASE_MESSAGE_TYP, MAX_MESSAGE_CHARACTERS, readCaseKey } from '@sekisho/subscriber';
import { compactDecrypt, CompactEncrypt } from 'jose';
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { z } from 'zod';
import { CaseFault } from './errors.js';

export type CaseSide = 'asker' | 'reporter';

/** One side's secrets of one case, of use for this case alone. */
export interface CaseSecrets {
  readonly caseId: string;
  readonly side: CaseSide;
  /** One for each identifier that may be the one that matched; base64url. */
  readonly macKeys: readonly string[];
  /** X25519, base64url. */
  readonly x: string;
  readonly d: string;
}

const LABEL = 'sekisho/case/v1';
/** The length of a message tells its reader no more than whole KiB. */
const PAD_TO_BYTES = 1_024;

const bodySchema = z.object({ at: z.iso.datetime(), text: z.string().max(MAX_MESSAGE_CHARACTERS) });
export type CaseText = z.output<typeof bodySchema>;

const derived = (secret: Uint8Array, caseId: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, caseId, `${LABEL}\n${purpose}`, 32));

/** Secrets for a case. @param tokens OPRF outputs of the identifiers that may have matched */
export function makeCaseSecrets(caseId: string, side: CaseSide, tokens: readonly Uint8Array[]): CaseSecrets {
  const { x = '', d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const macKeys = tokens.map((token) => derived(token, caseId, 'mac').toString('base64url'));
  return { caseId, side, macKeys, x, d };
}

/** What is published: the key, with a code under each of the secrets. */
export function publishedCaseKey({ caseId, side, macKeys, x }: CaseSecrets): string {
  return JSON.stringify({ x, macs: macKeys.map((key) => macOf(key, caseId, side, x).toString('base64url')) });
}

/**
 * The other side's key, if somebody made it who knows the token of an identifier that this side knows too.
 * @throws {CaseFault} case-key-forged
 */
export function verifyCaseKey({ caseId, side, macKeys }: CaseSecrets, published: string): string {
  const { x, macs } = readCaseKey(published);
  const other = side === 'asker' ? 'reporter' : 'asker';
  const isGenuine = macKeys.some((key) => {
    const expected = macOf(key, caseId, other, x);
    return macs.some((mac) => timingSafeEqual(Buffer.from(mac, 'base64url'), expected));
  });
  if (isGenuine) return x;
  throw new CaseFault(
    'case-key-forged',
    `the other side's key of the case ${caseId} was made by somebody who does not know what matched`,
  );
}

/** @param otherX as verifyCaseKey returned it @throws {CaseFault} message-too-long */
export async function sealCaseMessage(
  secrets: CaseSecrets,
  otherX: string,
  { id, text, at }: CaseText & { id: string },
): Promise<string> {
  if (text === '' || text.length > MAX_MESSAGE_CHARACTERS) {
    throw new CaseFault('message-too-long', `a message has 1 to ${MAX_MESSAGE_CHARACTERS} characters`);
  }
  const plain = Buffer.from(JSON.stringify({ at, text }));
  const padded = Buffer.alloc(Math.ceil(plain.length / PAD_TO_BYTES) * PAD_TO_BYTES, ' ');
  plain.copy(padded);
  const { caseId, side } = secrets;
  return new CompactEncrypt(padded)
    .setProtectedHeader({
      ...{ alg: 'dir', enc: 'A256GCM', typ: CASE_MESSAGE_TYP },
      ...{ case: caseId, from: side, id },
    })
    .encrypt(channelKey(secrets, otherX));
}

/**
 * Opens a message of either side. That it is of this case, of the side that the hub says and not a copy of another is in
 * the header, which is authenticated.
 * @throws {CaseFault} message-forged
 */
export async function openCaseMessage(
  secrets: CaseSecrets,
  otherX: string,
  { id, isOwn, sealed }: { id: string; isOwn: boolean; sealed: string },
): Promise<CaseText> {
  const { caseId, side } = secrets;
  const from = isOwn === (side === 'asker') ? 'asker' : 'reporter';
  try {
    const { plaintext, protectedHeader: header } = await compactDecrypt(sealed, channelKey(secrets, otherX), {
      ...{ keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    });
    const isIt = header.typ === CASE_MESSAGE_TYP && header['case'] === caseId;
    if (!isIt || header['from'] !== from || header['id'] !== id) throw new Error('of another place');
    return bodySchema.parse(JSON.parse(Buffer.from(plaintext).toString()));
  } catch (error) {
    throw new CaseFault(
      'message-forged',
      `the message ${id} was not sealed by ${isOwn ? 'you' : 'the other side'}`,
      {
        cause: error,
      },
    );
  }
}

function macOf(key: string, caseId: string, side: CaseSide, x: string): Buffer {
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`${LABEL}\n${caseId}\n${side}\n${x}`)
    .digest();
}

function channelKey({ caseId, side, x, d }: CaseSecrets, otherX: string): Uint8Array {
  const jwk = { kty: 'OKP', crv: 'X25519' };
  const shared = diffieHellman({
    privateKey: createPrivateKey({ key: { ...jwk, x, d }, format: 'jwk' }),
    publicKey: createPublicKey({ key: { ...jwk, x: otherX }, format: 'jwk' }),
  });
  const [asker, reporter] = side === 'asker' ? [x, otherX] : [otherX, x];
  return derived(shared, caseId, `${asker}\n${reporter}`);
}
