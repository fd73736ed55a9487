// OAuth 2 client credentials with private_key_jwt: RFC 6749 section 4.4, RFC 7523 sections 2.2 and 3. Access tokens: RFC 9068.
import { MACHINE_ROLES, type MachineRole, type Role } from '@sekisho/access';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { FindSigningKey } from './envelope.js';
import { NotAuthentic } from './errors.js';
import type { HubKey } from './hub-key.js';

/** Who makes a request. */
export interface Caller {
  readonly role: Role;
  /** undefined for anonymous callers, for edges and for people of the operator. */
  readonly memberId: string | undefined;
  /** Who signed in; undefined for machines. */
  readonly personId: string | undefined;
}

export const ANONYMOUS: Caller = { role: 'anonymous', memberId: undefined, personId: undefined };

/** Short, because a token that is out cannot be called back. */
export const TOKEN_LIFETIME_SECONDS = 600;
const MAX_ASSERTION_AGE = '5m';

export interface ClientAssertion {
  readonly memberId: string;
  readonly jti: string;
  readonly expiresAt: Date;
}

/**
 * @param audiences what `aud` may name: the token endpoint or the hub
 * @throws {NotAuthentic} client-assertion-invalid
 */
export async function verifyClientAssertion(
  jwt: string,
  findKey: FindSigningKey,
  { audiences, now }: { audiences: readonly string[]; now: Date },
): Promise<ClientAssertion> {
  try {
    const { kid } = decodeProtectedHeader(jwt);
    const signer = kid === undefined ? undefined : findKey(kid);
    if (!signer) throw new errors.JWKSNoMatchingKey();
    const { payload } = await jwtVerify(jwt, signer.key, {
      algorithms: ['EdDSA', 'Ed25519', 'ES256'],
      issuer: signer.memberId,
      subject: signer.memberId,
      requiredClaims: ['exp', 'jti', 'aud', 'iat'],
      maxTokenAge: MAX_ASSERTION_AGE,
      clockTolerance: 60,
      currentDate: now,
    });
    // RFC 7523bis: exactly one audience, so that an assertion for somebody else is of no use here.
    if (typeof payload.aud !== 'string' || !audiences.includes(payload.aud)) {
      throw new errors.JWTClaimValidationFailed('unexpected audience', payload, 'aud');
    }
    return {
      memberId: signer.memberId,
      jti: payload.jti ?? '',
      // Kept as long as the assertion could be used again.
      expiresAt: new Date(now.getTime() + 11 * 60_000),
    };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new NotAuthentic(
        'client-assertion-invalid',
        'client_assertion must be a JWT signed by an active member, iss = sub = member id, aud = the token endpoint, exp within 5 minutes',
        { cause: error },
      );
    }
    throw error;
  }
}

export async function issueAccessToken(
  caller: { memberId: string; role: MachineRole },
  hub: { key: HubKey; id: string },
  { now, jti }: { now: Date; jti: string },
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ client_id: caller.memberId, role: caller.role })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: hub.key.kid })
    .setIssuer(hub.id)
    .setAudience(hub.id)
    .setSubject(caller.memberId)
    .setJti(jti)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_LIFETIME_SECONDS)
    .sign(hub.key.privateKey);
}

/** @throws {NotAuthentic} token-invalid */
export async function verifyAccessToken(
  token: string,
  hub: { key: HubKey; id: string },
  now: Date,
): Promise<Caller & { memberId: string }> {
  try {
    const { payload } = await jwtVerify(token, hub.key.publicKey, {
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
      issuer: hub.id,
      audience: hub.id,
      requiredClaims: ['sub', 'exp', 'role'],
      currentDate: now,
    });
    const role = MACHINE_ROLES.find((known) => known === payload['role']);
    if (!role || !payload.sub) throw new errors.JWTInvalid('no role');
    return { role, memberId: payload.sub, personId: undefined };
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      throw new NotAuthentic(
        'token-invalid',
        'the access token is not valid; get a new one at the token endpoint',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
