import { Controller, Get, Header, Query, Req, Res } from '@nestjs/common';
import { PersonRepository } from '@sekisho/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { readSessionCookie } from '../access/session-cookie.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { SignInRefused } from './errors.js';
import { SignIn } from './sign-in.service.js';

const query = z.object({ code: z.string().max(100) });

/** Signs in by a link, without a passkey. There is no such route unless SEKISHO_DEMO is set. */
@Controller('demo')
export class DemoController {
  constructor(
    private readonly platform: Platform,
    private readonly people: PersonRepository,
    private readonly signIn: SignIn,
  ) {}

  @Get('sign-in')
  @Header('cache-control', 'no-store')
  @Allow('session:start')
  async link(@Query() parameters: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (!this.platform.config.isDemo) throw new RequestRefused('not-found', 'this hub is not a demo');
    const parsed = query.safeParse(parameters);
    const person = parsed.success
      ? await this.people.findByDemoCode(parsed.data.code, this.platform.now())
      : undefined;
    if (!person) throw new SignInRefused('sign-in-refused', 'the link is of another demo, or too old');
    const { cookie } = await this.signIn.start(person, readSessionCookie(request.headers.cookie));
    await reply.header('set-cookie', cookie).redirect('/console/');
  }
}
