// An authenticator in software (WebAuthn Level 3, sections 6.1 and 6.5): makes passkeys with attestation `none` and signs
// with them. Everything that a browser or a device vouches for can be given wrongly here, to see it refused.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Circumstances {
  /** Where the browser says that its page is from. */
  readonly origin: string;
  /** The name that the browser tells the device. */
  readonly rpId?: string;
  /** In place of the one that the hub gave. */
  readonly challenge?: string;
  /** Whether the device made sure of its person. */
  readonly isVerified?: boolean;
  readonly type?: string;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const CREDENTIAL_INCLUDED = 0x40;

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest();
const text = (content: Buffer) => content.toString('base64url');

/** CBOR (RFC 8949) of the few shapes that are needed: the major type with the length, then the content. */
const head = (major: number, length: number) =>
  length < 24
    ? Buffer.of((major << 5) | length)
    : length < 256
      ? Buffer.of((major << 5) | 24, length)
      : Buffer.of((major << 5) | 25, length >> 8, length & 0xff);
const bytes = (content: Buffer) => Buffer.concat([head(2, content.length), content]);
const string = (content: string) => Buffer.concat([head(3, content.length), Buffer.from(content)]);
const integer = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value));
const map = (...entries: readonly (readonly [Buffer, Buffer])[]) =>
  Buffer.concat([head(5, entries.length), ...entries.flat()]);

/** A COSE key for ES256 (RFC 9053, section 2.1). */
function coseKeyOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return map(
    [integer(1), integer(2)],
    [integer(3), integer(-7)],
    [integer(-1), integer(1)],
    [integer(-2), bytes(Buffer.from(x, 'base64url'))],
    [integer(-3), bytes(Buffer.from(y, 'base64url'))],
  );
}

export class SoftwareAuthenticator {
  private readonly credentialId = randomBytes(32);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private userHandle: string | undefined;

  /** Of the next signature; it goes forward by itself. */
  counter = 1;

  /** `navigator.credentials.create` */
  create(
    options: PublicKeyCredentialCreationOptionsJSON,
    circumstances: Circumstances,
  ): RegistrationResponseJSON {
    this.userHandle = options.user.id;
    const clientData = this.clientData('webauthn.create', options.challenge, circumstances);
    const credential = Buffer.concat([
      Buffer.alloc(16),
      Buffer.of(0, this.credentialId.length),
      this.credentialId,
      coseKeyOf(this.keys.publicKey),
    ]);
    const rpId = circumstances.rpId ?? options.rp.id ?? '';
    const authData = this.authenticatorData(rpId, CREDENTIAL_INCLUDED, circumstances, credential);
    const attestation = map(
      [string('fmt'), string('none')],
      [string('attStmt'), map()],
      [string('authData'), bytes(authData)],
    );
    return {
      ...this.envelope(),
      response: {
        clientDataJSON: text(clientData),
        attestationObject: text(attestation),
        transports: ['internal'],
      },
    };
  }

  /** `navigator.credentials.get` */
  get(
    options: PublicKeyCredentialRequestOptionsJSON,
    circumstances: Circumstances,
  ): AuthenticationResponseJSON {
    const clientData = this.clientData('webauthn.get', options.challenge, circumstances);
    const authData = this.authenticatorData(circumstances.rpId ?? options.rpId ?? '', 0, circumstances);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    return {
      ...this.envelope(),
      response: {
        clientDataJSON: text(clientData),
        authenticatorData: text(authData),
        signature: text(sign('sha256', signed, this.keys.privateKey)),
        ...(this.userHandle !== undefined && { userHandle: this.userHandle }),
      },
    };
  }

  private envelope() {
    const id = text(this.credentialId);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const;
  }

  private clientData(type: string, challenge: string, circumstances: Circumstances): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: circumstances.type ?? type,
        challenge: circumstances.challenge ?? challenge,
        ...{ origin: circumstances.origin, crossOrigin: false },
      }),
    );
  }

  private authenticatorData(
    rpId: string,
    flags: number,
    { isVerified = true }: Circumstances,
    credential = Buffer.alloc(0),
  ): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter++);
    const all = flags | USER_PRESENT | (isVerified ? USER_VERIFIED : 0);
    return Buffer.concat([sha256(rpId), Buffer.of(all), counter, credential]);
  }
}
