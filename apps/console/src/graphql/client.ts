// urql and its parts: 12 kB compressed, with a cache by document that a mutation invalidates by type, so that a list
// shows what its form has changed. Subscriptions come over graphql-ws on the same cookie.
import { authExchange } from '@urql/exchange-auth';
import { createClient as createSocket, type Sink, type SubscribePayload } from 'graphql-ws';
import { cacheExchange, Client, fetchExchange, subscriptionExchange, type CombinedError } from 'urql';
import { csrfToken, renewed } from '../session/session-store.ts';

const EXPIRED = new Set(['authentication-required', 'session-expired', 'token-invalid']);

const codesOf = (error: CombinedError): readonly string[] =>
  error.graphQLErrors.map(({ extensions: { code } }) => (typeof code === 'string' ? code : 'other'));

/** A socket tells errors as the hub wrote them. */
const isSignedOut = (error: unknown): boolean =>
  Array.isArray(error) &&
  error.some((one: { extensions?: { code?: unknown } }) => EXPIRED.has(String(one.extensions?.code)));

const isExpired = (error: CombinedError): boolean => codesOf(error).some((code) => EXPIRED.has(code));

/** The code of a refusal, for errors.ts; `unreachable` when there was no answer. */
export const codeOf = (error: CombinedError): string => codesOf(error)[0] ?? 'unreachable';

const socket = createSocket({
  url: () => `${location.origin.replace(/^http/, 'ws')}/graphql`,
  // A hub that restarts is back in seconds; a laptop that slept may take a while to find its network.
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  lazyCloseTimeout: 2_000,
});

const gaps = new Set<() => void>();
const tellGap = () => {
  for (const tell of gaps) tell();
};
socket.on('connected', (_socket, _payload, wasRetry) => {
  if (wasRetry) tellGap();
});

let renewing: Promise<void> | undefined;
/** Resolves when the person has signed in again. The new session has a new cookie, which a socket sends as it is opened. */
const renewedSocket = (): Promise<void> =>
  (renewing ??= renewed()
    .then(() => {
      socket.terminate();
    })
    .finally(() => {
      renewing = undefined;
    }));

/** The hub ends a stream when changes may have been missed, and with the session: not at once again, it may be busy. */
const AGAIN_MS = 2_000;

/** Listens until told to stop, over whatever ends the stream. */
function listen(payload: SubscribePayload, sink: Sink): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => undefined;
  let isOver = false;
  const begin = () => {
    stop = socket.subscribe(payload, {
      next: (result) => {
        sink.next(result);
      },
      error: (error) => {
        if (isSignedOut(error)) void renewedSocket().then(again);
        else sink.error(error);
      },
      complete: () => {
        if (!isOver) timer = setTimeout(again, AGAIN_MS);
      },
    });
  };
  const again = () => {
    if (isOver) return;
    begin();
    tellGap();
  };
  begin();
  return () => {
    isOver = true;
    clearTimeout(timer);
    stop();
  };
}

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    authExchange((utilities) =>
      Promise.resolve({
        addAuthToOperation: (operation) =>
          utilities.appendHeaders(operation, { 'x-sekisho-csrf': csrfToken() }),
        didAuthError: isExpired,
        // Resolves when the person has signed in again; the operation is then sent once more.
        refreshAuth: async () => {
          await renewedSocket();
        },
      }),
    ),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: listen({ query: query ?? '', ...(variables && { variables }) }, sink),
        }),
      }),
    }),
  ],
});

/** Whether the live connection is open, told to `listener` now and at every change. */
export function onLive(listener: (isLive: boolean) => void): () => void {
  const ends = [
    socket.on('connected', () => {
      listener(true);
    }),
    socket.on('closed', () => {
      listener(false);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Calls back when changes may have been missed: the connection was lost, or a stream ended and began again. */
export function onGap(listener: () => void): () => void {
  gaps.add(listener);
  return () => gaps.delete(listener);
}
