// What one socket may do, before and besides what its operations may: https://github.com/enisdenjo/graphql-ws (PROTOCOL.md)
import { decodeJwt } from 'jose';
import { z } from 'zod';

/** Our own subscriptions have some hundred characters; parsing has a cost before anybody knows who asks. */
const MAX_MESSAGE_BYTES = 16_384;
const MAX_MESSAGES_A_MINUTE = 120;
/** Subscriptions of one socket that its client has not ended. */
const MAX_OPERATIONS = 32;
const INIT_PATIENCE_MS = 10_000;
const CLOSE_PATIENCE_MS = 1_000;
/** Of a socket whose credential tells no end. */
const LIFETIME_MS = 3_600_000;

/** Close codes of the protocol and RFC 6455; a client opens another socket after `forbidden` and after none of the others. */
const CLOSE = {
  tooLarge: 1009,
  badRequest: 4400,
  forbidden: 4403,
  initTimeout: 4408,
  tooManyRequests: 4429,
} as const;

export interface GuardedSocket {
  on(event: 'message', listener: (data: Buffer) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(code: number, reason: string): void;
  terminate(): void;
}

const messageSchema = z.object({
  type: z.string(),
  id: z.string().optional(),
  payload: z.object({ authorization: z.unknown() }).partial().nullish(),
  extensions: z.unknown().optional(),
});

/** Guards the sockets of a route that has any: as Fastify hands it to its hooks, before whoever serves them sees it. */
export function guardRoute(declared: object, now: () => Date): void {
  const route: { wsHandler?: unknown } = declared;
  if (typeof route.wsHandler !== 'function') return;
  const serve = route.wsHandler as (this: unknown, socket: GuardedSocket, ...rest: unknown[]) => unknown;
  route.wsHandler = function (this: unknown, socket: GuardedSocket, ...rest: unknown[]): unknown {
    guardSocket(socket, now);
    return serve.call(this, socket, ...rest);
  };
}

/**
 * A socket says who it is once, and ends when what it said expires: a token that was stolen, or a member's right that
 * was taken away, is of no use for longer on a socket than elsewhere.
 */
export function guardSocket(socket: GuardedSocket, now: () => Date): void {
  let isInitialised = false;
  let minute = { endsAt: 0, messages: 0 };
  const operations = new Set<string>();
  const end = (code: number, reason: string, refused?: Buffer) => {
    // Who reads it after us finds nothing to work on.
    refused?.fill(' ');
    socket.close(code, reason);
    // Who does not answer the close is not listened to for longer.
    setTimeout(() => {
      socket.terminate();
    }, CLOSE_PATIENCE_MS).unref();
  };
  let timer = setTimeout(end, INIT_PATIENCE_MS, CLOSE.initTimeout, 'no connection_init within 10 s');
  socket.once('close', () => {
    clearTimeout(timer);
  });
  socket.on('message', (data) => {
    const at = now().getTime();
    if (at >= minute.endsAt) minute = { endsAt: at + 60_000, messages: 0 };
    minute.messages += 1;
    if (data.length > MAX_MESSAGE_BYTES) {
      end(CLOSE.tooLarge, 'message too large', data);
      return;
    }
    const message = readMessage(data.toString());
    if (minute.messages > MAX_MESSAGES_A_MINUTE) end(CLOSE.tooManyRequests, 'too many messages', data);
    // An operation could bring another credential in its extensions, which would outlive this socket's.
    else if (!message || message.extensions !== undefined)
      end(CLOSE.badRequest, 'not a message of the protocol', data);
    else if (message.type === 'connection_init') {
      if (isInitialised) {
        end(CLOSE.tooManyRequests, 'too many initialisation requests', data);
        return;
      }
      isInitialised = true;
      clearTimeout(timer);
      const lifetimeMs = lifetimeOf(message.payload?.authorization, at);
      timer = setTimeout(end, lifetimeMs, CLOSE.forbidden, 'the credential has expired; connect again');
    } else if (message.type === 'subscribe') {
      operations.add(message.id ?? '');
      if (operations.size > MAX_OPERATIONS) end(CLOSE.tooManyRequests, 'too many operations', data);
    } else if (message.type === 'complete') operations.delete(message.id ?? '');
  });
}

function readMessage(text: string) {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether the token is genuine is asked for every operation; here only its own word about its end is taken. */
function lifetimeOf(authorization: unknown, now: number): number {
  try {
    const { exp } = decodeJwt(String(authorization).replace(/^Bearer /i, ''));
    if (exp !== undefined) return Math.min(LIFETIME_MS, Math.max(0, exp * 1_000 - now));
  } catch {
    // No token: a session, or nobody.
  }
  return LIFETIME_MS;
}
