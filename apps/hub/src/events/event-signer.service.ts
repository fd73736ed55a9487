import { Injectable } from '@nestjs/common';
import { signSecurityEvent } from '@sekisho/auth';
import type { MemberEvent } from '@sekisho/persistence';
import { isIP } from 'node:net';
import { Platform } from '../platform/platform.js';

/** The token of an event for a member: the same each time. */
@Injectable()
export class EventSigner {
  constructor(private readonly platform: Platform) {}

  sign(memberId: string, { jti, madeAt, type, details, subject }: MemberEvent): Promise<string> {
    const { hubKey: key, hubId: id } = this.platform;
    return signSecurityEvent(
      { jti, audience: memberId, issuedAt: madeAt, type, details, subject: identify(subject ?? memberId) },
      { key, id },
    );
  }
}

/**
 * As RFC 9493 wants it: addresses by the format of the Shared Signals Framework, what has none there as we write it. What
 * is about no subject is about the member's stream, which has the member's id.
 */
function identify(text: string): Readonly<Record<string, unknown>> {
  return isIP(text) > 0 ? { format: 'ip-addresses', 'ip-addresses': [text] } : { format: 'opaque', id: text };
}
