// The pages of an appeal. Forms are sent as forms: no script is needed but for the puzzle.
import { Body, Controller, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { AppealRefused, type StoredAppeal } from '@sekisho/persistence';
import { SubjectInvalid } from '@sekisho/subject';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { problemOf } from '../problems/problem.js';
import { appealFormPage, appealStatusPage, contactPage, faultPage } from '../public/appeal-pages.js';
import { APPEAL_SCRIPT } from '../public/appeal-script.js';
import type { Language } from '../public/layout.js';
import { sendPage } from '../public/page-headers.js';
import { AppealsService } from './appeals.service.js';
import { ProofOfWork } from './proof-of-work.js';

const text = (most: number) => z.string().max(most).catch('');
const language = z.enum(['en', 'ja']).optional().catch(undefined);
const query = z.object({ subject: text(300), lang: language });
const filling = z.object({
  ...{ subject: text(300), words: text(8_000), mail: text(300), proof: text(4_000), lang: language },
  form: z
    .string()
    .regex(/^[\w-]{16,64}$/)
    .optional()
    .catch(undefined),
});
const acting = z.object({
  action: z.enum(['address', 'dns', 'mail', 'withdraw']).optional(),
  lang: language,
});

/** What is no form has no fields. */
const fieldsOf = (body: unknown): object => (typeof body === 'object' && body !== null ? body : {});

@Controller('appeal')
@Allow('appeal:file')
export class AppealPagesController {
  constructor(
    private readonly platform: Platform,
    private readonly appeals: AppealsService,
    private readonly puzzles: ProofOfWork,
  ) {}

  @Get()
  async form(@Query() parameters: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { subject, lang } = query.parse(parameters ?? {});
    const filled = { subject: subject.trim(), words: '', mail: '', form: this.newForm(), fault: undefined };
    const html = appealFormPage(filled, languageOf(lang, request));
    await sendPage(reply, html, { hasScript: true, isPrivate: true });
  }

  @Get('challenge')
  @Header('cache-control', 'no-store')
  challenge(): Promise<object> {
    return this.puzzles.challenge();
  }

  @Get('script.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  script(): string {
    return APPEAL_SCRIPT;
  }

  /** What was typed is shown again when something is wrong with it. */
  @Post()
  async file(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const given = filling.parse(fieldsOf(body));
    const lang = languageOf(given.lang, request);
    try {
      const { secret } = await this.appeals.file({ ...given, language: lang }, request.ip);
      await reply.status(303).header('location', `/appeal/${secret}?lang=${lang}`).send();
    } catch (error) {
      const { detail, status } = this.understood(error);
      const { subject, words, mail, form = this.newForm() } = given;
      const html = appealFormPage({ subject, words, mail, form, fault: detail }, lang);
      await sendPage(reply, html, { status, hasScript: true, isPrivate: true });
    }
  }

  @Get('confirm/:code')
  async contact(
    @Param('code') code: string,
    @Query() parameters: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const lang = languageOf(query.parse(parameters ?? {}).lang, request);
    await this.tell(reply, lang, async () => contactPage(await this.appeals.byMailCode(code), code, lang));
  }

  @Post('confirm/:code')
  async confirmByContact(
    @Param('code') code: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const lang = languageOf(acting.catch({ lang: undefined }).parse(body).lang, request);
    await this.tell(reply, lang, async () =>
      contactPage(await this.appeals.confirmByMail(code), code, lang, true),
    );
  }

  @Get(':secret')
  async status(
    @Param('secret') secret: string,
    @Query() parameters: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const lang = languageOf(query.parse(parameters ?? {}).lang, request);
    await this.tell(reply, lang, () => this.statusOf(secret, request.ip, lang));
  }

  @Post(':secret')
  async act(
    @Param('secret') secret: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const { action, lang } = acting.catch({ lang: undefined }).parse(body);
    const shown = languageOf(lang, request);
    await this.tell(reply, shown, async () => {
      const fault = await this.perform(action, secret, request.ip).then(
        () => undefined,
        (error: unknown) => this.understood(error).detail,
      );
      return this.statusOf(secret, request.ip, shown, fault);
    });
  }

  private async perform(action: z.infer<typeof acting>['action'], secret: string, address: string) {
    switch (action) {
      case 'address':
        return this.appeals.confirmByAddress(secret, address);
      case 'dns':
        return this.appeals.confirmByDns(secret);
      case 'mail':
        return this.appeals.askByMail(secret);
      case 'withdraw':
        return this.appeals.withdraw(secret);
      case undefined:
        throw new RequestRefused('request-malformed', 'action: one of address, dns, mail, withdraw');
    }
  }

  private async statusOf(secret: string, address: string, lang: Language, fault?: string): Promise<string> {
    const appeal: StoredAppeal = await this.appeals.find(secret);
    const ways = await this.appeals.waysOf(appeal, secret, address);
    const { publicUrl } = this.platform.config;
    return appealStatusPage({ appeal, secret, publicUrl, address, ways, fault }, lang);
  }

  private async tell(reply: FastifyReply, lang: Language, make: () => Promise<string>): Promise<void> {
    try {
      await sendPage(reply, await make(), { isPrivate: true });
    } catch (error) {
      const { detail, status } = this.understood(error);
      await sendPage(reply, faultPage(detail, lang), { status, isPrivate: true });
    }
  }

  /** What a person can mend is said on the page; everything else is a fault of ours. */
  private understood(error: unknown): { detail: string; status: number } {
    const isTheirs =
      error instanceof AppealRefused || error instanceof RequestRefused || error instanceof SubjectInvalid;
    const problem = isTheirs ? problemOf(error) : undefined;
    if (!problem) throw error;
    return problem;
  }

  private newForm(): string {
    return Buffer.from(this.platform.randomBytes(18)).toString('base64url');
  }
}

const languageOf = (asked: Language | undefined, request: FastifyRequest): Language =>
  asked ?? (/^ja\b/i.test(request.headers['accept-language'] ?? '') ? 'ja' : 'en');
