import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GqlContextType } from '@nestjs/graphql';
import type { FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import { Platform } from '../platform/platform.js';
import { problemOf } from './problem.js';
import { sendProblem } from './send-problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly platform: Platform) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Resolvers' errors go to the GraphQL error formatter; those of a subscription that does not begin pass it by.
    if (host.getType<GqlContextType>() === 'graphql') throw toGraphQLError(error);
    sendProblem(error, host.switchToHttp().getResponse<FastifyReply>(), this.platform);
  }
}

function toGraphQLError(error: unknown): unknown {
  const problem = problemOf(error);
  if (!problem || !(error instanceof Error)) return error;
  return new GraphQLError(problem.detail, { originalError: error, extensions: { code: problem.code } });
}
