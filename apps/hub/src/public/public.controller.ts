import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { formatSubject, readSubject, SubjectInvalid } from '@sekisho/subject';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { ReputationReads } from '../platform/reputation-reads.service.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import { toReputationModel } from '../reputations/reputations.mapper.js';
import type { Language } from './layout.js';
import { lookupPage, type LookupOutcome } from './lookup-page.js';
import { sendPage } from './page-headers.js';

const query = z.object({
  subject: z.string().max(300).catch(''),
  lang: z.enum(['en', 'ja']).optional().catch(undefined),
});

/** The page that TXT records link to: anyone listed can see that, and why. */
@Controller()
export class PublicController {
  constructor(
    private readonly reads: ReputationReads,
    private readonly owners: OwnerView,
  ) {}

  @Get()
  @Allow('reputation:read-public')
  async page(@Query() parameters: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { subject, lang } = query.parse(parameters ?? {});
    const language: Language =
      lang ?? (/^ja\b/i.test(request.headers['accept-language'] ?? '') ? 'ja' : 'en');
    await sendPage(reply, lookupPage(await this.lookup(subject.trim()), language));
  }

  private async lookup(asked: string): Promise<LookupOutcome> {
    if (asked === '') return { asked, reputation: null, fault: undefined };
    try {
      const subject = readSubject(asked);
      const stored = (await this.reads.for(undefined).find([subject])).get(formatSubject(subject));
      const reputation = stored ? toReputationModel(stored, this.owners.anyone) : null;
      return { asked, reputation, fault: undefined };
    } catch (error) {
      if (error instanceof SubjectInvalid) return { asked, reputation: null, fault: error.message };
      throw error;
    }
  }
}
