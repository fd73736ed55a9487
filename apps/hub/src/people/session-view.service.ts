import { Injectable } from '@nestjs/common';
import type { PersonRole } from '@sekisho/access';
import { SessionRepository, type Language } from '@sekisho/persistence';
import { csrfTokenOf } from '../access/session-cookie.js';
import { AccessDenied } from '../access/errors.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';

/** What `GET /session` and a sign-in answer. */
export interface ShownSession {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly role: PersonRole;
    readonly language: Language;
  };
  /** null for people of the operator. */
  readonly member: { readonly id: string; readonly name: string } | null;
  /** To be sent back as x-sekisho-csrf with everything but GET. */
  readonly csrf: string;
  /** When the session ends if nothing more happens. */
  readonly expiresAt: string;
}

@Injectable()
export class SessionView {
  constructor(
    private readonly platform: Platform,
    private readonly sessions: SessionRepository,
    private readonly register: MemberRegister,
  ) {}

  /** @throws {AccessDenied} authentication-required */
  async of(secret: string): Promise<ShownSession> {
    const session = await this.sessions.use(secret, this.platform.now());
    if (!session) throw new AccessDenied('authentication-required', 'the session has ended; sign in again');
    const { id, name, role, language, memberId } = session.person;
    const member = memberId === undefined ? undefined : this.register.find(memberId)?.member;
    return {
      person: { id, name, role, language },
      member: member ? { id: member.id, name: member.name } : null,
      csrf: csrfTokenOf(secret),
      expiresAt: session.expiresAt.toISOString(),
    };
  }
}
