// The server's side of TSIG: RFC 8945 section 5.2 (checks, in their order) and 5.3 (answers and streams).
import { ConfigInvalid } from '@sekisho/config';
import {
  appendTsig,
  chainedMac,
  lowerCase,
  nameOfText,
  TSIG_ALGORITHMS,
  TSIG_ERROR,
  TSIG_FUDGE_SECONDS,
  tsigAlgorithmOf,
  tsigBytes,
  tsigTimers,
  tsigVariables,
  withoutTsig,
  type ReceivedTsig,
  type Tsig,
  type TsigAlgorithm,
} from '@sekisho/dns-wire';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/** Signs the answers to one request, one after the other. */
export interface Signer {
  /** Octets that each signature takes. */
  readonly bytes: number;
  sign(message: Uint8Array): Uint8Array;
}

export type Judged =
  | { readonly kind: 'authentic'; readonly keyName: string; readonly signer: Signer }
  | { readonly kind: 'refused'; readonly error: number; readonly signer: Signer }
  /** The record itself is wrong: FORMERR without signature. */
  | { readonly kind: 'malformed' };

const NOTHING = new Uint8Array(0);

/** The keys of secondaries. Whoever has one can transfer all zones. */
export class TsigKeys {
  private readonly byName = new Map<string, TsigKey>();

  constructor(
    keys: readonly TsigKey[],
    /** Seconds since 1970. */
    private readonly nowSeconds: () => number,
  ) {
    for (const key of keys) this.byName.set(keyOf(wireName(key.name)), key);
  }

  get isEmpty(): boolean {
    return this.byName.size === 0;
  }

  judge(message: Uint8Array, tsig: ReceivedTsig): Judged {
    const key = this.byName.get(keyOf(tsig.keyName));
    if (!key || tsigAlgorithmOf(tsig.algorithm) !== key.algorithm) {
      return { kind: 'refused', error: TSIG_ERROR.BADKEY, signer: unsigned(tsig, TSIG_ERROR.BADKEY) };
    }
    const mac = macOf(key, [withoutTsig(message, tsig), tsigVariables(tsig)]);
    const { length } = tsig.mac;
    if (length > mac.length || length < Math.max(10, mac.length / 2)) return { kind: 'malformed' };
    if (!timingSafeEqual(mac.subarray(0, length), tsig.mac)) {
      return { kind: 'refused', error: TSIG_ERROR.BADSIG, signer: unsigned(tsig, TSIG_ERROR.BADSIG) };
    }
    const now = this.nowSeconds();
    if (Math.abs(now - tsig.timeSigned) > tsig.fudgeSeconds) {
      const other = new Uint8Array(6);
      other.set(tsigTimers({ ...tsig, timeSigned: now }).subarray(0, 6));
      const signer = new ChainSigner(key, tsig, () => tsig.timeSigned, TSIG_ERROR.BADTIME, other);
      return { kind: 'refused', error: TSIG_ERROR.BADTIME, signer };
    }
    const signer = (error: number) => new ChainSigner(key, tsig, this.nowSeconds, error, NOTHING);
    if (length < mac.length) {
      return { kind: 'refused', error: TSIG_ERROR.BADTRUNC, signer: signer(TSIG_ERROR.BADTRUNC) };
    }
    return { kind: 'authentic', keyName: key.name, signer: signer(0) };
  }
}

/** Every message is signed; each signature covers the one before (section 5.3.1). */
class ChainSigner implements Signer {
  private prior: Uint8Array;
  private isFirst = true;

  constructor(
    private readonly key: TsigKey,
    private readonly request: Tsig,
    private readonly nowSeconds: () => number,
    private readonly error: number,
    private readonly other: Uint8Array,
  ) {
    this.prior = request.mac;
  }

  get bytes(): number {
    const mac = macOf(this.key, []);
    return tsigBytes({ ...this.request, mac, other: this.other });
  }

  sign(message: Uint8Array): Uint8Array {
    const tsig: Tsig = {
      ...this.request,
      timeSigned: this.nowSeconds(),
      fudgeSeconds: TSIG_FUDGE_SECONDS,
      mac: NOTHING,
      originalId: ((message[0] ?? 0) << 8) | (message[1] ?? 0),
      error: this.error,
      other: this.other,
    };
    const rest = this.isFirst ? tsigVariables(tsig) : tsigTimers(tsig);
    const mac = macOf(this.key, [chainedMac(this.prior), message, rest]);
    this.isFirst = false;
    this.prior = mac;
    return appendTsig(message, { ...tsig, mac });
  }
}

/** A TSIG that only tells the error (section 5.3.2). */
function unsigned(request: Tsig, error: number): Signer {
  const tsig: Tsig = { ...request, mac: NOTHING, error, other: NOTHING };
  return { bytes: tsigBytes(tsig), sign: (message) => appendTsig(message, tsig) };
}

function macOf({ algorithm, secret }: TsigKey, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac(algorithm.replace('hmac-', ''), secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/**
 * The keys of a file in BIND's syntax, as tsig-keygen prints them.
 * @throws {ConfigInvalid} also when others than its owner can read it
 */
export async function readTsigKeys(path: string): Promise<TsigKey[]> {
  const invalid = (fault: string) => new ConfigInvalid([`SEKISHO_TSIG_KEYS: ${fault}`]);
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw invalid(`${path} can be read by others. Do: chmod 600 ${path}`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw error instanceof ConfigInvalid ? error : invalid((error as Error).message);
  }
  // Comments; within a secret two slashes never follow white space.
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)(?:#|\/\/).*/gm, ' ');
  const keys: TsigKey[] = [];
  const rest = bare.replaceAll(/key\s+"?([\w.-]+)"?\s*\{([^}]*)\}\s*;/g, (_, name: string, body: string) => {
    keys.push(readKey(name, body, invalid));
    return '';
  });
  if (rest.trim() !== '' || keys.length === 0) {
    throw invalid(
      `${path} is not a list of keys. Example: key "secondary" { algorithm hmac-sha256; secret "BASE64"; };`,
    );
  }
  return keys;
}

function readKey(name: string, body: string, invalid: (fault: string) => ConfigInvalid): TsigKey {
  const algorithm = /algorithm\s+"?([\w-]+)"?\s*;/.exec(body)?.[1]?.toLowerCase();
  const known = TSIG_ALGORITHMS.find((one) => one === algorithm);
  if (!known) throw invalid(`key ${name}: its algorithm must be one of ${TSIG_ALGORITHMS.join(', ')}`);
  const base64 = /secret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(body)?.[1] ?? '';
  const secret = Buffer.from(base64, 'base64');
  // RFC 8945 section 8: a key shorter than 16 octets is too weak for any of them.
  if (secret.length < 16) throw invalid(`key ${name}: its secret must be base64 of at least 16 octets`);
  if (!nameOfText(name)) throw invalid(`key ${name}: its name is not a DNS name`);
  return { name: name.toLowerCase().replace(/\.$/, ''), algorithm: known, secret };
}

const keyOf = (wire: Uint8Array): string => Buffer.from(wire).toString('latin1');
const wireName = (name: string): Uint8Array => lowerCase(nameOfText(name) ?? NOTHING);
