// Subscriptions of the hub over its WebSocket: the protocol graphql-transport-ws (graphql-ws, PROTOCOL.md).
import { once } from 'node:events';
import { z } from 'zod';
import { HubAnswerInvalid, HubRefused, HubUnreachable } from './errors.js';
import type { GraphqlOperation, HubSession } from './hub-session.js';
import { graphqlErrorSchema } from './hub-transport.js';

const messageSchema = z.object({ type: z.string(), payload: z.unknown().optional() });
const dataSchema = z.object({ data: z.unknown() });

/**
 * What a subscription says, until the hub, the network or the signal ends it.
 * @throws {HubRefused | HubUnreachable | HubAnswerInvalid}
 */
export async function* subscribeToHub<T>(
  session: HubSession,
  { text, schema }: GraphqlOperation<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const url = new URL(session.hub.endpoints.graphql);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const authorization = `Bearer ${await session.accessToken()}`;
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const messages: unknown[] = [];
  let wake: (() => void) | undefined;
  let isOver = false;
  // Asked anew each time, because it changes while this waits.
  const isClosed = () => isOver;
  const arrived = () => wake?.();
  socket.addEventListener('message', ({ data }) => {
    messages.push(data);
    arrived();
  });
  for (const end of ['close', 'error']) {
    socket.addEventListener(end, () => {
      isOver = true;
      arrived();
    });
  }
  signal.addEventListener('abort', () => {
    socket.close();
    isOver = true;
    arrived();
  });
  const send = (message: object) => {
    socket.send(JSON.stringify(message));
  };
  try {
    await Promise.race([once(socket, 'open'), once(socket, 'close')]);
    if (isClosed()) throw new HubUnreachable(url.href, 'no WebSocket');
    send({ type: 'connection_init', payload: { authorization } });
    for (;;) {
      if (messages.length === 0 && isClosed()) return;
      if (messages.length === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const { type, payload } = read(messageSchema, String(messages.shift()), url.href);
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query: text } });
      else if (type === 'ping') send({ type: 'pong' });
      else if (type === 'error') throw refusalOf(payload);
      else if (type === 'complete') return;
      else if (type === 'next') {
        const { data } = read(dataSchema, payload, url.href);
        yield read(schema, data, url.href);
      }
    }
  } finally {
    socket.close();
  }
}

function read<T>(schema: z.ZodType<T>, given: unknown, url: string): T {
  try {
    return schema.parse(typeof given === 'string' ? JSON.parse(given) : given);
  } catch (error) {
    throw new HubAnswerInvalid(url, error instanceof Error ? error.message : 'not understood');
  }
}

function refusalOf(payload: unknown): HubRefused {
  const [error] = z.array(graphqlErrorSchema).catch([]).parse(payload);
  const detail = error?.message ?? 'the subscription was refused';
  return new HubRefused({
    ...{ status: 200, detail, code: error?.extensions?.code ?? 'graphql-error' },
    errorId: error?.extensions?.errorId,
  });
}
