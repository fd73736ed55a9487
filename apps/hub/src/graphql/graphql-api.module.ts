import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { Platform } from '../platform/platform.js';
import type { SekishoRequest, SocketContext } from '../access/request.js';
import { readSessionCookie } from '../access/session-cookie.js';
import { BlurredCountScalar } from './blurred-count.scalar.js';
import { formatErrors } from './error-formatter.js';
import {
  limitRules,
  MAX_TOKENS,
  refuseParsedDocument,
  validateCost,
  validateSubscription,
} from './limits.js';
import { SubjectScalar } from './subject.scalar.js';

@Module({
  imports: [
    GraphQLModule.forRootAsync<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      inject: [Platform],
      useFactory: (platform: Platform) => {
        const rules = limitRules({ hasIntrospection: platform.config.hasIntrospection });
        return {
          path: '/graphql',
          autoSchemaFile: true,
          sortSchema: true,
          graphiql: false,
          jit: 1,
          allowBatchedQueries: false,
          // Documents that are kept parsed, and as many that were refused: of either some hundred KB at most.
          cache: 256,
          graphql: { parseOptions: { maxLexicalTokens: MAX_TOKENS } },
          validationRules: rules,
          hooks: {
            preParsing: (_schema: unknown, source: string) => {
              refuseParsedDocument(source);
              return Promise.resolve();
            },
            preExecution: (schema, document, _context, variables) => {
              validateCost(schema, document, variables);
              return Promise.resolve();
            },
            preSubscriptionExecution: (schema: GraphQLSchema, document: DocumentNode) => {
              validateSubscription(schema, document, rules);
              return Promise.resolve();
            },
          },
          errorFormatter: (execution) =>
            formatErrors(execution, (error) => {
              const errorId = platform.newId();
              platform.logger.error({ err: error, errorId }, 'resolver failed');
              return errorId;
            }),
          subscription: {
            // Another site's page cannot read our cookie, but its sockets would carry it.
            verifyClient: ({ req }, next) => {
              const { cookie, origin } = req.headers;
              const isOwn = readSessionCookie(cookie) === undefined || origin === platform.origin;
              next(isOwn, 403);
            },
            // A browser cannot set headers on a socket: a token comes with connection_init, as `authorization`.
            onConnect: ({ payload }: { payload?: { authorization?: unknown } }): SocketContext => ({
              socketAuthorization: payload?.authorization,
            }),
            context: (_connection: unknown, { headers }: FastifyRequest): { req: SekishoRequest } => ({
              req: { headers: { cookie: headers.cookie, origin: headers.origin }, isSocket: true },
            }),
          },
        };
      },
    }),
  ],
  providers: [SubjectScalar, BlurredCountScalar],
})
export class GraphqlApiModule {}
