// Security Event Tokens: RFC 8417, and section 4.1 of the Shared Signals Framework: no `sub`, no `exp`.
import { SignJWT } from 'jose';
import type { HubKey } from './hub-key.js';

export interface SecurityEvent {
  readonly jti: string;
  /** The member that it is for. */
  readonly audience: string;
  readonly issuedAt: Date;
  /** A subject identifier (RFC 9493). */
  readonly subject: Readonly<Record<string, unknown>>;
  /** A URI: what happened. */
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Signed with EdDSA, which is deterministic: the same event gives the same token each time. */
export async function signSecurityEvent(
  { jti, audience, issuedAt, subject, type, details }: SecurityEvent,
  { key, id }: { key: HubKey; id: string },
): Promise<string> {
  return new SignJWT({ sub_id: subject, events: { [type]: details } })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'secevent+jwt', kid: key.kid })
    .setIssuer(id)
    .setAudience(audience)
    .setJti(jti)
    .setIssuedAt(issuedAt)
    .sign(key.privateKey);
}
