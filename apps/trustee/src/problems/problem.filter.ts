// RFC 9457 problem details.
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { NotAuthentic } from '@sekisho/auth';
import { EvaluationRefused, RegisterRefused, type EvaluationErrorCode } from '@sekisho/evaluation';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { TrusteePlatform } from '../platform/platform.js';

const STATUS: Readonly<Record<EvaluationErrorCode, number>> = {
  'evaluation-malformed': 400,
  'epoch-unknown': 404,
  'epoch-destroyed': 410,
  'evaluation-quota-exceeded': 429,
  'backup-refused': 409,
  'share-unreadable': 503,
  'statement-not-authentic': 502,
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly platform: TrusteePlatform) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, code, detail, errorId } = this.describe(error);
    if (error instanceof EvaluationRefused && error.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', String(error.retryAfterSeconds));
    }
    void reply
      .status(status)
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify({ type: `urn:sekisho:problem:${code}`, status, code, detail, errorId }));
  }

  private describe(error: unknown): { status: number; code: string; detail: string; errorId?: string } {
    if (error instanceof EvaluationRefused) {
      return { status: STATUS[error.code], code: error.code, detail: error.message };
    }
    if (error instanceof RegisterRefused && error.code !== 'register-unreadable') {
      return { status: error.code === 'key-taken' ? 409 : 400, code: error.code, detail: error.message };
    }
    if (error instanceof NotAuthentic) {
      const status = error.code === 'envelope-malformed' ? 400 : 401;
      return { status, code: error.code, detail: error.message };
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      return { status: error.getStatus(), code: 'request-malformed', detail: error.message };
    }
    const errorId = randomUUID();
    this.platform.logger.error({ err: error, errorId }, 'request failed');
    return {
      ...{ status: 500, code: 'internal-error', errorId },
      detail: `something went wrong here; quote ${errorId} to the trustee's operator`,
    };
  }
}
