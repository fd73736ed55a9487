import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { NotAuthentic, verifyKeyProof, verifyRotation } from '@sekisho/auth';
import { MemberRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { requireJwt } from '../reports/jwt-body.js';
import { MemberRegister } from './member-register.service.js';

/** How long envelopes signed with the former key are still taken: queued ones, and agents not yet restarted. */
const KEY_OVERLAP_MS = 7 * 24 * 3_600_000;

@Controller()
export class EnrolmentController {
  constructor(
    private readonly platform: Platform,
    private readonly members: MemberRepository,
    private readonly register: MemberRegister,
  ) {}

  @Post('enrolments')
  @HttpCode(201)
  @Allow('member:enrol')
  async enrol(@Body() body: unknown) {
    const now = this.platform.now();
    const { code, sig, enc } = await verifyKeyProof(requireJwt(body), {
      audience: this.platform.hubId,
      now: now.getTime(),
    });
    if (code === undefined || !enc) {
      throw new NotAuthentic('envelope-malformed', 'claims: code and encryptionKey are required');
    }
    const member = await this.members.enrol(code, { sig, enc }, now);
    await this.register.refresh();
    const { id, name, role, networks, asns } = member;
    return {
      member: { id, name, role, networks, asns },
      signingKid: sig.kid,
      encryptionKid: enc.kid,
      hub: this.platform.hubId,
    };
  }

  /** Authentic by the current key's signature, whoever carries it. */
  @Post('keys')
  @HttpCode(200)
  @Allow('key:rotate')
  async rotate(@Body() body: unknown) {
    const now = this.platform.now();
    const { memberId, signedBy, keys } = await verifyRotation(
      requireJwt(body),
      this.register.findSigningKey,
      {
        audience: this.platform.hubId,
        now: now.getTime(),
      },
    );
    const previousValidUntil = new Date(now.getTime() + KEY_OVERLAP_MS);
    const proven = keys.enc ? [keys.sig, keys.enc] : [keys.sig];
    await this.members.rotate({ memberId, signedBy, keys: proven }, now, previousValidUntil);
    await this.register.refresh();
    return {
      signingKid: keys.sig.kid,
      ...(keys.enc && { encryptionKid: keys.enc.kid }),
      previousValidUntil: previousValidUntil.toISOString(),
    };
  }
}
