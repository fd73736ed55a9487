// What leaves the working group as a document: after-action reports, and the code of conduct.
import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { reportHtml } from '@sekisho/workgroup';
import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { blurredReport } from './actions.mapper.js';
import { ActionsService } from './actions.service.js';
import { readActionId } from './arguments.js';

const LANGUAGE = { language: z.enum(['en', 'ja']).default('en') };
const reportQuery = z.object({
  ...LANGUAGE,
  format: z.enum(['html', 'json']).default('html'),
  zone: z
    .string()
    .max(60)
    .refine((zone) => isTimeZone(zone))
    .default('UTC'),
});
const conductQuery = z.object(LANGUAGE);

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const TEXTS = {
  en: new URL('../../../../docs/code-of-conduct-federation.md', import.meta.url),
  ja: new URL('../../../../docs/code-of-conduct-federation.ja.md', import.meta.url),
};

@Controller()
export class ActionReportsController {
  constructor(
    private readonly platform: Platform,
    private readonly service: ActionsService,
  ) {}

  @Get('actions/:id/report')
  @Header('cache-control', 'no-store')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  @Allow('action:read')
  async report(
    @CallingMember() viewer: string | undefined,
    @Param('id') id: string,
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = readQuery(reportQuery, query, 'format=html|json, language=en|ja, zone=Asia/Tokyo');
    const report = await this.service.report(viewer, readActionId(id));
    if (asked.format === 'json') {
      void reply.type('application/json; charset=utf-8');
      return JSON.stringify(blurredReport(report, this.platform.config.privacyK), undefined, 2);
    }
    void reply.type('text/html; charset=utf-8');
    return reportHtml(report, {
      ...{ language: asked.language, zone: asked.zone },
      k: this.platform.config.privacyK,
    });
  }

  @Get('conduct')
  @Allow('conduct:read')
  async conduct(@Query() query: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { language } = readQuery(conductQuery, query, 'language=en|ja');
    void reply.type('text/markdown; charset=utf-8');
    return readFile(TEXTS[language], 'utf8');
  }
}

/** @throws {RequestRefused} request-malformed */
function readQuery<T>(schema: z.ZodType<T>, query: unknown, example: string): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new RequestRefused('request-malformed', `${where}: not known. Possible: ${example}`);
}
