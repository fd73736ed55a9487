// Who is signed in, for all of the console. A session that ends under somebody's hands is kept as `isExpired`: what is on
// the screen stays, and whoever needs the session waits in `renewed()` until the person has signed in again.
import { useSyncExternalStore } from 'react';
import { changeSettings, LANGUAGES } from '../settings/settings.ts';
import { readSession, type Session } from './session-api.ts';

export type SessionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly session: Session; readonly isExpired: boolean };

let state: SessionState = { kind: 'loading' };
const listeners = new Set<() => void>();
let waiting:
  { readonly promise: Promise<undefined>; readonly resolve: (value: undefined) => void } | undefined;

function set(next: SessionState): void {
  state = next;
  for (const tell of listeners) tell();
}

const current = (): SessionState => state;

export const useSessionState = (): SessionState =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);

/** For what is only drawn for people who are signed in. */
export function useSession(): Session {
  const now = useSessionState();
  if (now.kind !== 'signed-in') throw new Error('drawn without a session');
  return now.session;
}

export const csrfToken = (): string => (state.kind === 'signed-in' ? state.session.csrf : '');

/** Asks the hub who this is: at the start, and after signing in. */
export async function refreshSession(): Promise<void> {
  const before = state.kind === 'signed-in' ? state.session : undefined;
  let session: Session | undefined;
  try {
    session = await readSession();
  } catch {
    if (!before) set({ kind: 'unreachable' });
    return;
  }
  if (!session) {
    if (!before) set({ kind: 'signed-out' });
    return;
  }
  if (before && before.person.id !== session.person.id) {
    // Another person sat down: nothing of the first one's may stay on the screen.
    location.reload();
    return;
  }
  const language = LANGUAGES.find((known) => known === session.person.language);
  if (!before && language) changeSettings({ language });
  set({ kind: 'signed-in', session, isExpired: false });
  waiting?.resolve(undefined);
  waiting = undefined;
}

/** Says that the hub no longer knows the session; resolves when the person has signed in again. */
export function renewed(): Promise<unknown> {
  if (state.kind !== 'signed-in') return Promise.resolve();
  if (!waiting) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    waiting = { promise, resolve };
    set({ ...state, isExpired: true });
  }
  return waiting.promise;
}
