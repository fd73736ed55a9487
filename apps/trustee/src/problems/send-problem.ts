// RFC 9457 problem details.
import { HttpException } from '@nestjs/common';
import { NotAuthentic } from '@sekisho/auth';
import { EvaluationRefused, RegisterRefused, type EvaluationErrorCode } from '@sekisho/evaluation';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { TrusteePlatform } from '../platform/platform.js';

/** One address asks more often than it may. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests';
  readonly code = 'too-many-requests';
  readonly kind = 'Busy';
  constructor(readonly retryAfterSeconds: number) {
    super('too many requests from this address');
  }
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errorId?: string;
  readonly retryAfterSeconds?: number | undefined;
}

const STATUS: Readonly<Record<EvaluationErrorCode, number>> = {
  'evaluation-malformed': 400,
  'epoch-unknown': 404,
  'epoch-destroyed': 410,
  'evaluation-quota-exceeded': 429,
  'backup-refused': 409,
  'share-unreadable': 503,
  'statement-not-authentic': 502,
};

/** Answers an error. What nobody foresaw is logged under an id, and only the id is told. */
export function sendProblem(error: unknown, reply: FastifyReply, platform: TrusteePlatform): void {
  const { status, code, detail, errorId, retryAfterSeconds } =
    problemOf(error) ?? unforeseen(error, platform);
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  void reply
    .status(status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify({ type: `urn:sekisho:problem:${code}`, status, code, detail, errorId }));
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof EvaluationRefused) {
    const { code, message: detail, retryAfterSeconds } = error;
    return { status: STATUS[code], code, detail, retryAfterSeconds };
  }
  if (error instanceof TooManyRequests) {
    const { code, message: detail, retryAfterSeconds } = error;
    return { status: 429, code, detail, retryAfterSeconds };
  }
  if (error instanceof RegisterRefused && error.code !== 'register-unreadable') {
    return { status: error.code === 'key-taken' ? 409 : 400, code: error.code, detail: error.message };
  }
  if (error instanceof NotAuthentic) {
    const status = error.code === 'envelope-malformed' ? 400 : 401;
    return { status, code: error.code, detail: error.message };
  }
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status >= 400 && status < 500) {
    return { status, code: 'request-malformed', detail: (error as Error).message };
  }
  return undefined;
}

/** Of what Fastify refuses before a route sees it: too large, not JSON, another media type. */
const statusOf = (error: unknown): number => {
  const { statusCode } = error instanceof Error && 'statusCode' in error ? error : { statusCode: 0 };
  return typeof statusCode === 'number' ? statusCode : 0;
};

function unforeseen(error: unknown, platform: TrusteePlatform): Problem {
  const errorId = randomUUID();
  platform.logger.error({ err: error, errorId }, 'request failed');
  return {
    ...{ status: 500, code: 'internal-error', errorId },
    detail: `something went wrong here; quote ${errorId} to the trustee's operator`,
  };
}
