import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { issueAccessToken, NotAuthentic, TOKEN_LIFETIME_SECONDS, verifyClientAssertion } from '@sekisho/auth';
import { MemberRepository } from '@sekisho/persistence';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { RequestRefused } from '../problems/errors.js';
import { Platform } from '../platform/platform.js';
import { MemberRegister } from './member-register.service.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const form = z.object({
  grant_type: z.string(),
  client_assertion_type: z.literal(ASSERTION_TYPE),
  client_assertion: z.string().max(8_192),
});

@Controller('oauth')
export class TokenController {
  constructor(
    private readonly platform: Platform,
    private readonly members: MemberRepository,
    private readonly register: MemberRegister,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('token:request')
  async token(@Body() body: unknown) {
    const parsed = form.safeParse(body);
    if (!parsed.success) {
      throw new RequestRefused(
        'request-malformed',
        `form fields expected: grant_type=client_credentials, client_assertion_type=${ASSERTION_TYPE}, client_assertion`,
      );
    }
    if (parsed.data.grant_type !== 'client_credentials') {
      throw new RequestRefused('grant-unsupported', 'grant_type must be client_credentials');
    }
    const now = this.platform.now();
    const { hubKey: key, hubId: id } = this.platform;
    const assertion = await verifyClientAssertion(
      parsed.data.client_assertion,
      this.register.findSigningKey,
      {
        audiences: [`${id}/oauth/token`, id],
        now,
      },
    );
    const { memberId } = assertion;
    if (!(await this.members.claimAssertion(memberId, assertion.jti, assertion.expiresAt))) {
      throw new NotAuthentic(
        'client-assertion-invalid',
        'this client_assertion was used before; sign a new one',
      );
    }
    const role = this.register.find(memberId)?.role ?? 'member';
    const jti = this.platform.newId();
    return {
      access_token: await issueAccessToken({ memberId, role }, { key, id }, { now, jti }),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
    };
  }
}
