// HTTP by Node's older client: `fetch` keeps a parser in WebAssembly, web streams and HTTP/2 in memory for the life of an edge.
import type { IncomingMessage } from 'node:http';

// An import statement reads everything that the module exports, and with it what `fetch` is made of.
const clientOf = (url: string) =>
  url.startsWith('https:')
    ? process.getBuiltinModule('node:https').request
    : process.getBuiltinModule('node:http').request;

export interface HubQuestion {
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HubAnswer {
  readonly status: number;
  /** Of one header; undefined when there is none. */
  readonly header: (name: string) => string | undefined;
  /** Empty unless the status is 200. */
  readonly body: Uint8Array;
}

/** One question by HTTP or HTTPS. No redirect is followed: the token is for this URL alone. Rejects when no answer comes. */
export async function askHub(url: string, question: HubQuestion): Promise<HubAnswer> {
  const response = await send(url, question);
  const { statusCode = 0, headers } = response;
  const header = (name: string): string | undefined => headers[name]?.toString();
  if (statusCode === 200) return { status: statusCode, header, body: await bodyOf(response) };
  response.resume();
  return { status: statusCode, header, body: new Uint8Array() };
}

function send(url: string, question: HubQuestion): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers, body, signal } = question;
    const request = clientOf(url)(url, { method, headers, signal });
    request.once('response', resolve);
    request.once('error', (error: NodeJS.ErrnoException) => {
      // The hub closed the kept connection at the moment when it was used again; it has not seen the question.
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (isStale && method === 'GET' && !signal.aborted) resolve(send(url, question));
      else reject(error);
    });
    request.end(body);
  });
}

/** A snapshot of a known length is put together once, not twice. */
async function bodyOf(response: IncomingMessage): Promise<Uint8Array> {
  const length = Number(response.headers['content-length']);
  const chunks: Uint8Array[] = [];
  let whole = Number.isSafeInteger(length) ? Buffer.allocUnsafeSlow(length) : undefined;
  let at = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    if (whole) whole.set(chunk, at);
    else chunks.push(chunk);
    at += chunk.length;
  }
  whole ??= Buffer.concat(chunks);
  return whole;
}
