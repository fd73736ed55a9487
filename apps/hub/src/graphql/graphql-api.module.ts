import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { Platform } from '../platform/platform.js';
import type { SekishoRequest } from '../access/request.js';
import { BlurredCountScalar } from './blurred-count.scalar.js';
import { formatErrors } from './error-formatter.js';
import { limitRules } from './limits.js';
import { SubjectScalar } from './subject.scalar.js';

@Module({
  imports: [
    GraphQLModule.forRootAsync<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      inject: [Platform],
      useFactory: (platform: Platform) => ({
        path: '/graphql',
        autoSchemaFile: true,
        sortSchema: true,
        graphiql: false,
        jit: 1,
        allowBatchedQueries: false,
        validationRules: limitRules({ hasIntrospection: platform.config.hasIntrospection }),
        errorFormatter: (execution) =>
          formatErrors(execution, (error) => {
            const errorId = platform.newId();
            platform.logger.error({ err: error, errorId }, 'resolver failed');
            return errorId;
          }),
        subscription: {
          // A browser cannot set headers on a socket: the token comes with connection_init, as `authorization`.
          onConnect: ({ payload }: { payload?: { authorization?: string } }): { req: SekishoRequest } => ({
            req: { headers: { authorization: payload?.authorization }, isSocket: true },
          }),
          context: (_connection: unknown, request: FastifyRequest) => ({ req: { headers: request.headers } }),
        },
      }),
    }),
  ],
  providers: [SubjectScalar, BlurredCountScalar],
})
export class GraphqlApiModule {}
