import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import { PERSON_ROLES, type Operation } from '@sekisho/access';
import { PersonActionRepository } from '@sekisho/persistence';
import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql';
import { catchError, concatMap, from, type Observable } from 'rxjs';
import { OPERATION } from '../access/allow.decorator.js';
import { requestOf } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import type { InvitationModel } from './person.model.js';
import { problemOf } from '../problems/problem.js';

/** Writes down what people do, before it is done and what became of it; reading is not noted. */
@Injectable()
export class ActionRecorder implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly platform: Platform,
    private readonly actions: PersonActionRepository,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const caller = requestOf(context).sekishoIdentified?.caller;
    const role = PERSON_ROLES.find((known) => known === caller?.role);
    const operation = this.reflector.getAllAndOverride<Operation | undefined>(OPERATION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (caller?.personId === undefined || !role || !operation || !isChange(context)) return next.handle();
    const { personId, memberId } = caller;
    const action = context.getHandler().name;
    const id = await this.actions.begin({ personId, memberId, role, operation, action }, this.platform.now());
    return next.handle().pipe(
      concatMap(async (value: unknown) => {
        await this.actions.finish(id, 'done', personIn(operation, value));
        return value;
      }),
      catchError((error: unknown) => from(this.fail(id, error))),
    );
  }

  private async fail(id: string, error: unknown): Promise<never> {
    await this.actions.finish(id, problemOf(error)?.code ?? 'internal-error');
    throw error;
  }
}

/** To whom it was done, where it was done to a person. */
function personIn(operation: Operation, value: unknown): string | undefined {
  if (operation === 'person:invite') return (value as InvitationModel).personId;
  return operation === 'person:remove' ? (value as string) : undefined;
}

function isChange(context: ExecutionContext): boolean {
  if (context.getType<GqlContextType>() !== 'graphql') {
    return !['GET', 'HEAD', 'OPTIONS'].includes(requestOf(context).method ?? '');
  }
  const { operation } = GqlExecutionContext.create(context).getInfo<GraphQLResolveInfo>().operation;
  return operation === OperationTypeNode.MUTATION;
}
