import { Body, Controller, Delete, Get, Header, HttpCode, Put, Res } from '@nestjs/common';
import type { Caller } from '@sekisho/auth';
import { PersonRepository, SessionRepository } from '@sekisho/persistence';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentCaller, CurrentSession } from '../access/request.js';
import { clearedSessionCookie } from '../access/session-cookie.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { SessionView, type ShownSession } from './session-view.service.js';

const preferences = z.object({ language: z.enum(['en', 'ja']) });

/** The session that a person is in. */
@Controller('session')
@Allow('session:own')
export class SessionController {
  constructor(
    private readonly platform: Platform,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly view: SessionView,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  show(@CurrentSession() secret: string): Promise<ShownSession> {
    return this.view.of(secret);
  }

  @Delete()
  @HttpCode(204)
  async end(
    @CurrentSession() secret: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(secret);
    void reply.header('set-cookie', clearedSessionCookie(this.platform.config.publicUrl));
  }

  /** Sign-out everywhere, this session included. */
  @Delete('all')
  @HttpCode(204)
  async endAll(
    @CurrentCaller() { personId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (personId !== undefined) await this.sessions.endAll(personId);
    void reply.header('set-cookie', clearedSessionCookie(this.platform.config.publicUrl));
  }

  @Put('preferences')
  @HttpCode(204)
  async prefer(@CurrentCaller() { personId }: Caller, @Body() body: unknown): Promise<void> {
    const parsed = preferences.safeParse(body);
    if (!parsed.success) {
      throw new RequestRefused('request-malformed', 'expected: {"language": "en"} or {"language": "ja"}');
    }
    if (personId !== undefined) await this.people.setLanguage(personId, parsed.data.language);
  }
}
