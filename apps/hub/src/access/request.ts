import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import { ANONYMOUS, type Caller } from '@sekisho/auth';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether who began a stream may still see it: a session ends and a member is suspended meanwhile. */
export type Welcome = () => Promise<boolean>;

/** Who makes a request, and how that is known. */
export interface Identified {
  readonly caller: Caller;
  /** Of the session that the caller signed in with. */
  readonly sessionSecret?: string;
  /** There is a session, but nothing shows that the request is the console's own. */
  readonly isForged?: true;
  readonly isWelcome: Welcome;
}

/** The part of a request, over HTTP or of a subscription's socket, that access depends on. */
export interface SekishoRequest {
  method?: string;
  headers?: IncomingHttpHeaders;
  /** A socket outlives its token and the member's standing: who calls is asked again for every operation on it. */
  isSocket?: true;
  sekishoIdentified?: Identified;
}

/** What connection_init brings to every operation of a socket. */
export interface SocketContext {
  readonly socketAuthorization: unknown;
}

export function requestOf(context: ExecutionContext): SekishoRequest {
  if (context.getType<GqlContextType>() !== 'graphql') {
    return context.switchToHttp().getRequest<SekishoRequest>();
  }
  const { req, socketAuthorization } = GqlExecutionContext.create(context).getContext<
    { req: SekishoRequest } & Partial<SocketContext>
  >();
  if (typeof socketAuthorization === 'string') {
    req.headers = { ...req.headers, authorization: socketAuthorization };
  }
  return req;
}

const callerOf = (context: ExecutionContext): Caller =>
  requestOf(context).sekishoIdentified?.caller ?? ANONYMOUS;

/** The id of the member that the guard let through; only for operations that members alone may do. */
export const CurrentMember = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { memberId } = callerOf(context);
  if (memberId === undefined) throw new Error('an operation for members was reached without one');
  return memberId;
});

/** The id of the member that asks, where others may ask as well. */
export const CallingMember = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => callerOf(context).memberId,
);

/** Who asks, with role and person. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context),
);

/** For subscriptions: asked before each thing that is told. */
export const StillWelcome = createParamDecorator(
  (_: unknown, context: ExecutionContext): Welcome =>
    requestOf(context).sekishoIdentified?.isWelcome ?? (() => Promise.resolve(false)),
);

/** The session that a person is in; only for operations of people. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const secret = requestOf(context).sekishoIdentified?.sessionSecret;
  if (secret === undefined) throw new Error('an operation for people was reached without a session');
  return secret;
});
