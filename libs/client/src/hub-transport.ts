// HTTP to the hub. Problem details: RFC 9457; Retry-After: RFC 9110 section 10.2.3; OAuth errors: RFC 6749 section 5.2.
import { z } from 'zod';
import { HubAnswerInvalid, HubRefused, HubUnreachable } from './errors.js';
import type { ClientRuntime } from './runtime.js';

/** A hub under load answers 503 well before this. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface HubRequest {
  readonly url: string;
  /** Undefined: GET. */
  readonly body?: string;
  readonly contentType?: string;
  readonly accessToken?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One request, one checked answer.
 * @throws {HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function askHub<T>(
  runtime: ClientRuntime,
  request: HubRequest,
  schema: z.ZodType<T>,
): Promise<T> {
  const { url, body, contentType, accessToken } = request;
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    ...request.headers,
  };
  if (contentType !== undefined) headers['content-type'] = contentType;
  if (accessToken !== undefined) headers['authorization'] = `Bearer ${accessToken}`;
  let response: Response;
  let text: string;
  try {
    response = await runtime.fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
      // What is signed or secret goes to the endpoint that the hub named, and nowhere else.
      redirect: body === undefined ? 'follow' : 'manual',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new HubUnreachable(url, describeNetworkError(error), { cause: error });
  }
  const json = parseJson(text);
  if (!response.ok) throw readRefusal(response, json, runtime.now());
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const reason =
    json === undefined ? 'the answer is not JSON' : `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new HubAnswerInvalid(url, reason);
}

/** A snapshot of 10 M entries is some 120 MB. */
const FILE_TIMEOUT_MS = 300_000;

/**
 * One file of the hub.
 * @throws {HubUnreachable | HubRefused}
 */
export async function fetchFromHub(
  runtime: ClientRuntime,
  request: { readonly url: string; readonly accessToken: string },
): Promise<Uint8Array> {
  const { url, accessToken } = request;
  let response: Response;
  try {
    response = await runtime.fetch(url, {
      headers: {
        accept: 'application/octet-stream, application/problem+json',
        authorization: `Bearer ${accessToken}`,
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
    });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new HubUnreachable(url, describeNetworkError(error), { cause: error });
  }
  throw readRefusal(response, parseJson(await response.text().catch(() => '')), runtime.now());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One error of a GraphQL answer; also in answers with a status of 400 and above. */
export const graphqlErrorSchema = z.object({
  message: z.string(),
  extensions: z.object({ code: z.string().optional(), errorId: z.string().optional() }).optional(),
});

const problem = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  errorId: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
  errors: z.array(graphqlErrorSchema).optional(),
});

function readRefusal(response: Response, json: unknown, now: number): HubRefused {
  const given = problem.safeParse(json).data ?? {};
  const graphql = given.errors?.[0];
  const status = String(response.status);
  return new HubRefused({
    status: response.status,
    code: given.code ?? given.error ?? graphql?.extensions?.code ?? `http-${status}`,
    detail:
      given.detail ?? given.error_description ?? graphql?.message ?? given.title ?? `HTTP status ${status}`,
    errorId: given.errorId ?? graphql?.extensions?.errorId,
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'), now),
  });
}

function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000));
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'no such host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  CERT_HAS_EXPIRED: "the hub's TLS certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the hub's TLS certificate is signed by itself",
};

function describeNetworkError(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `no answer in ${String(ANSWER_TIMEOUT_MS / 1_000)} s`;
  }
  // undici hides the reason in `cause`, and a name with several addresses in an AggregateError.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return (
    REASONS[code] ??
    (cause instanceof Error && cause.message !== '' ? cause.message : code || 'no connection')
  );
}
