import { Body, Controller, Get, Header, Headers, HttpCode, Post } from '@nestjs/common';
import { EVALUATION_HEADER } from '@sekisho/evaluation';
import type { EvaluateAnswerBody } from '@sekisho/oprf';
import { Allow } from '../access/allow.decorator.js';
import { KeyStatementsService } from './key-statements.service.js';
import { OprfService } from './oprf.service.js';

@Controller('oprf')
export class OprfController {
  constructor(
    private readonly oprf: OprfService,
    private readonly statements: KeyStatementsService,
  ) {}

  @Post('evaluate')
  @HttpCode(200)
  @Allow('oprf:evaluate')
  evaluate(
    @Body() body: unknown,
    @Headers(EVALUATION_HEADER) proof: string | undefined,
  ): Promise<EvaluateAnswerBody> {
    return this.oprf.evaluate(body, proof);
  }

  /** What hub and trustee said of their keys, with the entries of the transparency log that hold it. */
  @Get('statements')
  @Header('cache-control', 'public, max-age=60')
  @Allow('hub:describe')
  listStatements() {
    return this.statements.list();
  }
}
