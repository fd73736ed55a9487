// Reputation queries by HTTP: RFC 7072. Open to anyone like the public page, and as coarse.
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ReputationRepository } from '@sekisho/persistence';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import type { FastifyReply } from 'fastify';
import { isIP } from 'node:net';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { APPLICATION, ASSERTIONS, isIdentity, reputonsOf, type Identity } from './reputon.js';

/** As coarse as the times that the page shows. */
const VALID_SECONDS = 600;
/** RFC 7072 section 3.1: a day unless said otherwise; the template never changes while a hub keeps its name. */
const TEMPLATE_SECONDS = 86_400;

const querySchema = z.object({ identity: z.string().max(40).optional() });

@Controller()
export class ReputeController {
  constructor(
    private readonly platform: Platform,
    private readonly reputations: ReputationRepository,
  ) {}

  @Get('.well-known/repute-template')
  @Allow('reputation:read-public')
  async template(@Res() reply: FastifyReply): Promise<void> {
    await reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('expires', httpDate(this.nowSeconds() + TEMPLATE_SECONDS))
      .send(`${this.platform.hubId}/repute/{application}/{subject}{/assertion}{?identity}\r\n`);
  }

  @Get('repute/:application/:subject')
  @Allow('reputation:read-public')
  all(
    @Param('application') application: string,
    @Param('subject') subject: string,
    @Query() query: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer({ application, subject, assertions: ASSERTIONS, query }, reply);
  }

  @Get('repute/:application/:subject/:assertion')
  @Allow('reputation:read-public')
  one(
    @Param() { application, subject, assertion }: { application: string; subject: string; assertion: string },
    @Query() query: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!ASSERTIONS.includes(assertion)) {
      throw new RequestRefused('not-found', `assertion: one of ${ASSERTIONS.join(', ')}`);
    }
    return this.answer({ application, subject, assertions: [assertion], query }, reply);
  }

  private async answer(
    asked: { application: string; subject: string; assertions: readonly string[]; query: unknown },
    reply: FastifyReply,
  ): Promise<void> {
    if (asked.application !== APPLICATION) {
      throw new RequestRefused('not-found', `application: only ${APPLICATION} is known here`);
    }
    const subject = readSubject(asked.subject);
    const identity = identityOf(subject, asked.query);
    const stored = (await this.reputations.find([subject])).get(formatSubject(subject));
    const generated = this.nowSeconds();
    const expires = generated + VALID_SECONDS;
    const rated = subject.value;
    const context = { rater: new URL(this.platform.hubId).hostname, rated, identity, generated, expires };
    const reputons = reputonsOf(stored, asked.assertions, context);
    await reply
      .header('content-type', 'application/reputon+json')
      .header('expires', httpDate(expires))
      // Bytes: to a text Fastify adds a charset, which the media type does not have (RFC 7071 section 3).
      .send(Buffer.from(JSON.stringify({ application: APPLICATION, reputons })));
  }

  private nowSeconds(): number {
    return Math.floor(this.platform.now().getTime() / 1_000);
  }
}

const httpDate = (seconds: number) => new Date(seconds * 1_000).toUTCString();

/** Of an address it is known; of a domain it is what the asker means. @throws {RequestRefused} request-malformed */
function identityOf({ type, value }: Subject, query: unknown): Identity | undefined {
  const asked = querySchema.catch({ identity: undefined }).parse(query ?? {}).identity;
  const own = type === 'ip' ? (isIP(value) === 6 ? 'ipv6' : 'ipv4') : undefined;
  if (asked === undefined) return own;
  const isFitting = isIdentity(asked) && (type === 'ip' ? asked === own : !asked.startsWith('ipv'));
  if (!isFitting) throw new RequestRefused('request-malformed', `identity: not one of this subject`);
  return asked;
}
