import type { FastifyReply } from 'fastify';
import type { Platform } from '../platform/platform.js';
import { internalProblem, problemOf } from './problem.js';

/** Answers an error as problem details. What nobody foresaw is logged under an id, and only the id is told. */
export function sendProblem(error: unknown, reply: FastifyReply, platform: Platform): void {
  let problem = problemOf(error);
  if (!problem) {
    const errorId = platform.newId();
    platform.logger.error({ err: error, errorId }, 'request failed');
    problem = internalProblem(errorId);
  }
  const { retryAfterSeconds, ...body } = problem;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply
    .status(body.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(body));
}
