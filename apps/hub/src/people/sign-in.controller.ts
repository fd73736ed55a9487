import { Body, Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { readSessionCookie } from '../access/session-cookie.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { SignInRefused } from './errors.js';
import { Passkeys } from './passkeys.service.js';
import { personName } from './person-name.js';
import { SessionView, type ShownSession } from './session-view.service.js';
import type { StartedSession } from './sign-in.service.js';

const base64url = z
  .string()
  .max(8_192)
  .regex(/^[\w-]+$/);
/** As browsers write it (WebAuthn Level 3, section 5.1.8); what is inside, the library reads. */
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};
const assertion = z.object({
  response: z.looseObject({
    ...credential,
    response: z.looseObject({
      ...{ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url },
    }),
  }),
});
const code = z.string().trim().toUpperCase().max(40);
const invitation = z.object({ code, name: personName });
const attestation = z.object({
  code,
  response: z.looseObject({
    ...credential,
    response: z.looseObject({ clientDataJSON: base64url, attestationObject: base64url }),
  }),
});

/** The ways into a session. */
@Controller()
export class SignInController {
  constructor(
    private readonly platform: Platform,
    private readonly passkeys: Passkeys,
    private readonly view: SessionView,
  ) {}

  @Post('session/options')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('session:start')
  options(@Req() request: FastifyRequest) {
    this.requireOwnPage(request);
    return this.passkeys.signInOptions();
  }

  @Post('session')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('session:start')
  async signIn(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownSession> {
    this.requireOwnPage(request);
    const { response } = read(assertion, body, '{"response": AuthenticationResponseJSON}');
    const former = readSessionCookie(request.headers.cookie);
    return this.enter(await this.passkeys.verifySignIn(response, former), reply);
  }

  @Post('invitations/options')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('invitation:accept')
  invitationOptions(@Body() body: unknown, @Req() request: FastifyRequest) {
    this.requireOwnPage(request);
    const asked = read(invitation, body, '{"code": "ABCDE-FGHJK-LMNPQ", "name": "Hanako 花子"}');
    return this.passkeys.invitationOptions(asked.code, asked.name);
  }

  @Post('invitations')
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @Allow('invitation:accept')
  async accept(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownSession> {
    this.requireOwnPage(request);
    const given = read(attestation, body, '{"code": CODE, "response": RegistrationResponseJSON}');
    const answer = {
      code: given.code,
      response: given.response as unknown as RegistrationResponseJSON,
      language: /^ja\b/i.test(request.headers['accept-language'] ?? '') ? 'ja' : 'en',
    } as const;
    return this.enter(await this.passkeys.accept(answer, readSessionCookie(request.headers.cookie)), reply);
  }

  private enter({ secret, cookie }: StartedSession, reply: FastifyReply): Promise<ShownSession> {
    void reply.header('set-cookie', cookie);
    return this.view.of(secret);
  }

  /** Another site's page must not sign its visitor in as somebody else. @throws {SignInRefused} origin-refused */
  private requireOwnPage({ headers }: FastifyRequest): void {
    if (headers.origin === this.platform.origin) return;
    throw new SignInRefused('origin-refused', `people sign in from pages of ${this.platform.origin} only`);
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, expected: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new RequestRefused('request-malformed', `expected: ${expected}`);
}
