import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GqlContextType } from '@nestjs/graphql';
import type { FastifyReply } from 'fastify';
import { Platform } from '../platform/platform.js';
import { internalProblem, problemOf } from './problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly platform: Platform) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Resolvers' errors go to the GraphQL error formatter.
    if (host.getType<GqlContextType>() === 'graphql') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    let problem = problemOf(error);
    if (!problem) {
      const errorId = this.platform.newId();
      this.platform.logger.error({ err: error, errorId }, 'request failed');
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
}
