import { Injectable } from '@nestjs/common';
import { SessionRepository, type Person } from '@sekisho/persistence';
import { formatSessionCookie } from '../access/session-cookie.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import { SignInRefused } from './errors.js';

export interface StartedSession {
  readonly secret: string;
  /** The value of Set-Cookie. */
  readonly cookie: string;
}

/** What every way to sign in ends with. */
@Injectable()
export class SignIn {
  constructor(
    private readonly platform: Platform,
    private readonly sessions: SessionRepository,
    private readonly register: MemberRegister,
  ) {}

  /**
   * Always a new secret, whatever cookie the browser brought; the session that it stood for ends.
   * @throws {SignInRefused} member-not-active
   */
  async start({ id, memberId, role }: Person, formerSecret: string | undefined): Promise<StartedSession> {
    this.requireActive(memberId);
    const secret = this.newSecret();
    const now = this.platform.now();
    await this.sessions.start({ personId: id, memberId, role }, { secret, formerSecret }, now);
    return { secret, cookie: formatSessionCookie(secret, this.platform.config.publicUrl) };
  }

  newSecret(): string {
    return Buffer.from(this.platform.randomBytes(32)).toString('base64url');
  }

  /** People of the operator belong to no member. @throws {SignInRefused} member-not-active */
  requireActive(memberId: string | undefined): void {
    if (memberId === undefined || this.register.isActive(memberId)) return;
    throw new SignInRefused('member-not-active', 'the member is suspended or has not enrolled yet');
  }
}
