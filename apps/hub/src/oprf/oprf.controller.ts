import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { EVALUATION_HEADER } from '@sekisho/evaluation';
import type { EvaluateAnswerBody } from '@sekisho/oprf';
import { Allow } from '../access/allow.decorator.js';
import { OprfService } from './oprf.service.js';

@Controller('oprf')
export class OprfController {
  constructor(private readonly oprf: OprfService) {}

  @Post('evaluate')
  @HttpCode(200)
  @Allow('oprf:evaluate')
  evaluate(
    @Body() body: unknown,
    @Headers(EVALUATION_HEADER) proof: string | undefined,
  ): Promise<EvaluateAnswerBody> {
    return this.oprf.evaluate(body, proof);
  }
}
