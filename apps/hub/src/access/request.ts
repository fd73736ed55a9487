import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import { ANONYMOUS, type Caller } from '@sekisho/auth';

/** The part of a request, over HTTP or of a subscription's socket, that access depends on. */
export interface SekishoRequest {
  headers?: { authorization?: string | undefined };
  /** A socket outlives its token and the member's standing: who calls is asked again for every operation on it. */
  isSocket?: true;
  sekishoCaller?: Caller;
}

export function requestOf(context: ExecutionContext): SekishoRequest {
  return context.getType<GqlContextType>() === 'graphql'
    ? GqlExecutionContext.create(context).getContext<{ req: SekishoRequest }>().req
    : context.switchToHttp().getRequest<SekishoRequest>();
}

/** The id of the member that the guard let through; only for operations that members alone may do. */
export const CurrentMember = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { memberId } = requestOf(context).sekishoCaller ?? ANONYMOUS;
  if (memberId === undefined) throw new Error('an operation for members was reached without one');
  return memberId;
});

/** The id of the member that asks, where others may ask as well. */
export const CallingMember = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    (requestOf(context).sekishoCaller ?? ANONYMOUS).memberId,
);
