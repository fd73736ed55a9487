import { Injectable } from '@nestjs/common';
import { ANONYMOUS, NotAuthentic, verifyAccessToken, type Caller } from '@sekisho/auth';
import { timingSafeEqual } from 'node:crypto';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';

@Injectable()
export class CallerService {
  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
  ) {}

  /**
   * Who a request comes from, by its Authorization header; without one, anonymous.
   * @throws {NotAuthentic} token-invalid, also for a member that was suspended after the token was issued
   */
  async identify(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) return ANONYMOUS;
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) {
      throw new NotAuthentic('token-invalid', 'Authorization must be: Bearer ACCESS-TOKEN');
    }
    if (this.isEdgeToken(token)) return { role: 'edge', memberId: undefined };
    const { hubKey: key, hubId: id } = this.platform;
    const caller = await verifyAccessToken(token, { key, id }, this.platform.now());
    if (!this.register.isActive(caller.memberId)) {
      throw new NotAuthentic('token-invalid', 'the member is suspended');
    }
    return caller;
  }

  private isEdgeToken(token: string): boolean {
    const given = Buffer.from(token);
    const known = Buffer.from(this.platform.edgeToken);
    return given.length === known.length && timingSafeEqual(given, known);
  }
}
