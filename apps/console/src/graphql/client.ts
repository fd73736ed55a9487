// urql and its parts: 12 kB compressed, with a cache by document that a mutation invalidates by type, so that a list
// shows what its form has changed. Subscriptions come over graphql-ws on the same cookie.
import { authExchange } from '@urql/exchange-auth';
import { createClient as createSocket } from 'graphql-ws';
import { cacheExchange, Client, fetchExchange, subscriptionExchange, type CombinedError } from 'urql';
import { csrfToken, renewed } from '../session/session-store.ts';

const EXPIRED = new Set(['authentication-required', 'session-expired', 'token-invalid']);

const codesOf = (error: CombinedError): readonly string[] =>
  error.graphQLErrors.map(({ extensions: { code } }) => (typeof code === 'string' ? code : 'other'));

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
          await renewed();
        },
      }),
    ),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { query: query ?? '', ...(variables && { variables }) },
            sink as never,
          ),
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
