import { Injectable } from '@nestjs/common';
import { ANONYMOUS, NotAuthentic, verifyAccessToken, type Caller } from '@sekisho/auth';
import { SessionRepository } from '@sekisho/persistence';
import { timingSafeEqual } from 'node:crypto';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import type { Identified, SekishoRequest } from './request.js';
import { CSRF_HEADER, isCsrfToken, readSessionCookie } from './session-cookie.js';

/** A stream may speak to a session that ended as long ago as this. */
const WELCOME_MS = 2_000;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

const always = () => Promise.resolve(true);

@Injectable()
export class CallerService {
  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
    private readonly sessions: SessionRepository,
  ) {}

  /**
   * Who a request comes from: by its Authorization header, else by its session cookie, else anonymous. A session that is
   * over, or whose member is suspended, is as none.
   * @throws {NotAuthentic} token-invalid, also for a member that was suspended after the token was issued
   */
  async identify({ method, headers = {}, isSocket }: SekishoRequest): Promise<Identified> {
    if (headers.authorization !== undefined) return this.byToken(headers.authorization);
    const secret = readSessionCookie(headers.cookie);
    if (secret === undefined) return { caller: ANONYMOUS, isWelcome: always };
    const session = await this.sessions.use(secret, this.platform.now());
    if (!session || !this.mayAct(session.person.memberId)) return { caller: ANONYMOUS, isWelcome: always };
    // A socket cannot change anything; its Origin was looked at when it was opened.
    const isSafe = isSocket === true || SAFE_METHODS.includes(method ?? '');
    const isOwn = headers.origin === this.platform.origin;
    if (!isSafe && !(isOwn && isCsrfToken(headerOf(headers[CSRF_HEADER]), secret))) {
      return { caller: ANONYMOUS, isForged: true, isWelcome: always };
    }
    const { id: personId, role, memberId } = session.person;
    return {
      caller: { role, memberId, personId },
      sessionSecret: secret,
      isWelcome: this.whileSession(secret, memberId),
    };
  }

  private async byToken(authorization: string): Promise<Identified> {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) {
      throw new NotAuthentic('token-invalid', 'Authorization must be: Bearer ACCESS-TOKEN');
    }
    if (this.isEdgeToken(token)) {
      return { caller: { role: 'edge', memberId: undefined, personId: undefined }, isWelcome: always };
    }
    const { hubKey: key, hubId: id } = this.platform;
    const caller: Caller & { memberId: string } = await verifyAccessToken(
      token,
      { key, id },
      this.platform.now(),
    );
    if (!this.register.isActive(caller.memberId)) {
      throw new NotAuthentic('token-invalid', 'the member is suspended');
    }
    return { caller, isWelcome: () => Promise.resolve(this.register.isActive(caller.memberId)) };
  }

  /** People of the operator belong to no member. */
  private mayAct(memberId: string | undefined): boolean {
    return memberId === undefined || this.register.isActive(memberId);
  }

  private whileSession(secret: string, memberId: string | undefined) {
    let askedAt = -Infinity;
    let isLive: Promise<boolean> = Promise.resolve(true);
    return async () => {
      const now = this.platform.now();
      if (now.getTime() - askedAt > WELCOME_MS) {
        askedAt = now.getTime();
        isLive = this.sessions.isLive(secret, now);
      }
      return this.mayAct(memberId) && (await isLive);
    };
  }

  private isEdgeToken(token: string): boolean {
    const given = Buffer.from(token);
    const known = Buffer.from(this.platform.edgeToken);
    return given.length === known.length && timingSafeEqual(given, known);
  }
}

const headerOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
