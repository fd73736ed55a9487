// Requests to a hub with a token or without, and what was refused.
export interface Answer {
  readonly status: number;
  /** Of the problem details or of the first GraphQL error. */
  readonly code: string | undefined;
}

/** An access token, or the headers that a browser sends for a person. */
export type Credentials = string | Readonly<Record<string, string>> | undefined;

export const headersOf = (given: Credentials): Readonly<Record<string, string>> =>
  typeof given === 'string' ? { authorization: `Bearer ${given}` } : (given ?? {});

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request; a body that makes no sense passes the guard all the same. */
export async function askHttp(
  hubUrl: string,
  method: Method,
  path: string,
  credentials: Credentials,
): Promise<Answer> {
  const hasBody = method === 'POST' || method === 'PUT';
  const isForm = path === '/oauth/token';
  const answer = await fetch(`${hubUrl}${path}`, {
    method,
    headers: {
      ...headersOf(credentials),
      ...(hasBody && {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/jwt',
      }),
    },
    ...(hasBody && { body: isForm ? 'grant_type=none' : 'not.a.jws' }),
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  const body = isProblem ? ((await answer.json()) as { code: string }) : undefined;
  await answer.body?.cancel().catch(() => undefined);
  return { status: answer.status, code: body?.code };
}

export async function askGraphql(hubUrl: string, query: string, credentials: Credentials): Promise<Answer> {
  const answer = await fetch(`${hubUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(credentials) },
    body: JSON.stringify({ query }),
  });
  const body = (await answer.json()) as { errors?: { extensions: { code: string } }[]; code?: string };
  return { status: answer.status, code: body.code ?? body.errors?.[0]?.extensions.code };
}
