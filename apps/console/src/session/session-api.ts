// The hub's HTTP routes around a person's session. The cookie is HttpOnly: this code never sees it.
import * as z from 'zod/mini';

const sessionSchema = z.object({
  person: z.object({ id: z.string(), name: z.string(), role: z.string(), language: z.nullish(z.string()) }),
  member: z.nullable(z.object({ id: z.string(), name: z.string() })),
  csrf: z.string(),
  expiresAt: z.string(),
});
export type Session = z.infer<typeof sessionSchema>;

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** What the hub refused (RFC 9457), or `unreachable` when there was no answer. */
export class HubRefused extends Error {
  override readonly name = 'HubRefused';
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws {HubRefused} */
async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, csrf }: { body?: unknown; csrf?: string | undefined } = {},
): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(csrf !== undefined && { 'x-sekisho-csrf': csrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new HubRefused('unreachable', 'the hub does not answer', 0, { cause: error });
  }
  const content: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return content;
  const problem = problemSchema.safeParse(content);
  throw problem.success
    ? new HubRefused(problem.data.code, problem.data.detail, answer.status)
    : new HubRefused('internal-error', `the hub answers ${String(answer.status)}`, answer.status);
}

/** The session of this browser; undefined without one. @throws {HubRefused} */
export async function readSession(): Promise<Session | undefined> {
  try {
    return sessionSchema.parse(await ask('GET', '/session'));
  } catch (error) {
    if (error instanceof HubRefused && error.status === 401) return undefined;
    throw error;
  }
}

/** Asks the person for a passkey and opens a session with it. @throws {HubRefused | WebAuthnError} */
export async function signIn(): Promise<void> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = await ask('POST', '/session/options', { body: {} });
  const response = await startAuthentication({
    optionsJSON: optionsJSON as Parameters<typeof startAuthentication>[0]['optionsJSON'],
  });
  await ask('POST', '/session', { body: { response } });
}

/** Makes a passkey on this device for an invited person, and signs in. @throws {HubRefused | WebAuthnError} */
export async function acceptInvitation(code: string, name: string): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = await ask('POST', '/invitations/options', { body: { code, name } });
  const response = await startRegistration({
    optionsJSON: optionsJSON as Parameters<typeof startRegistration>[0]['optionsJSON'],
  });
  await ask('POST', '/invitations', { body: { code, response } });
}

export const signOut = (csrf: string): Promise<unknown> => ask('DELETE', '/session', { csrf });

export const savePreferences = (csrf: string, language: string): Promise<unknown> =>
  ask('PUT', '/session/preferences', { csrf, body: { language } });

/** Whether one of the hub's plain routes answers; what it says. @throws {HubRefused} */
export const readRoute = (path: '/health/ready' | '/.well-known/sekisho'): Promise<unknown> =>
  ask('GET', path);
