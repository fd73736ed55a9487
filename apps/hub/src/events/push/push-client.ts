// Push-based delivery of Security Event Tokens: RFC 8935. One POST, one token.
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { callableAddresses, hostOf, readEndpoint, type EndpointRules } from './public-address.js';

/** What a receiver answered. Redirections are not followed. */
export interface PushAnswer {
  readonly status: number;
  /** Of a 400 (section 2.3). */
  readonly err: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

export interface PushTarget {
  readonly endpoint: string;
  readonly authorization: string | undefined;
}

export type Push = (target: PushTarget, token: string) => Promise<PushAnswer>;

/** From the look-up to the last byte. A receiver stores the token and answers; it does no work first (section 2). */
export const PUSH_TIMEOUT_MS = 8_000;
/** An error object is small, and nobody is to fill our memory. */
const MAX_ANSWER_BYTES = 4_096;

/** @throws when the receiver cannot be reached, or may not be called (EndpointRefused) */
export const pushBy =
  (rules: EndpointRules): Push =>
  async ({ endpoint, authorization }, token) => {
    const signal = AbortSignal.timeout(PUSH_TIMEOUT_MS);
    const url = readEndpoint(endpoint, rules);
    const addresses = await callableAddresses(hostOf(url), rules);
    // The connection goes to what was judged: there is no second look-up that could say otherwise.
    const pinned: LookupFunction = (_host, { all }, callback) => {
      const [first] = addresses;
      if (all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    };
    const options: RequestOptions & { minVersion: 'TLSv1.2' } = {
      ...{ method: 'POST', signal, lookup: pinned, minVersion: 'TLSv1.2' },
      headers: {
        ...{ 'content-type': 'application/secevent+jwt', accept: 'application/json' },
        ...{ 'content-length': Buffer.byteLength(token), 'user-agent': 'sekisho' },
        ...(authorization !== undefined && { authorization }),
      },
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      send(url, options, resolve).on('error', reject).end(token);
    });
    const status = response.statusCode ?? 0;
    const text = await readStart(response);
    const retryAfter = Number(response.headers['retry-after']);
    return {
      status,
      err: status === 400 ? errOf(text) : undefined,
      retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
    };
  };

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    // Leaving the loop closes the connection.
    if (length > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function errOf(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const err: unknown = typeof body === 'object' && body !== null && 'err' in body ? body.err : undefined;
    return typeof err === 'string' ? err.slice(0, 100) : undefined;
  } catch {
    return undefined;
  }
}
