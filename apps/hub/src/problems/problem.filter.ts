import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GqlContextType } from '@nestjs/graphql';
import type { FastifyReply } from 'fastify';
import { Platform } from '../platform/platform.js';
import { sendProblem } from './send-problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly platform: Platform) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Resolvers' errors go to the GraphQL error formatter.
    if (host.getType<GqlContextType>() === 'graphql') throw error;
    sendProblem(error, host.switchToHttp().getResponse<FastifyReply>(), this.platform);
  }
}
