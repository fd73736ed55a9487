import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientRuntime } from './runtime.js';

export interface PeerRequest {
  readonly path: string;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
}

/** What the peer does with a request: an answer, or the connection cut without one. */
export type PeerAnswer =
  { readonly status: number; readonly json: unknown; readonly headers?: Record<string, string> } | 'cut';

/** A real HTTP server on the loopback that speaks the hub's side of the protocol as a test scripts it. */
export class HubPeer {
  readonly requests: PeerRequest[] = [];
  readonly #server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? '';
      const { authorization, 'content-type': contentType } = request.headers;
      const received = { path, body, contentType, authorization };
      this.requests.push(received);
      const answer = path === '/.well-known/sekisho' ? this.#description() : this.answer(received);
      if (answer === 'cut') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.json));
    });
  });
  hubId = 'https://hub.example';
  limits = { reportsPerEnvelope: 1_000, envelopeBytes: 4_194_304 };
  answer: (request: PeerRequest) => PeerAnswer = () => ({ status: 404, json: {} });

  static async start(): Promise<HubPeer> {
    const peer = new HubPeer();
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  received(path: string): PeerRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #description(): PeerAnswer {
    const names = ['reports', 'token', 'graphql', 'enrolment', 'keys', 'jwks', 'schema'];
    const endpoints = Object.fromEntries(names.map((name) => [name, `${this.url}/${name}`]));
    const zone = { apex: 'sekisho.example', names: ['ip'] };
    return { status: 200, json: { hub: this.hubId, isDemo: true, endpoints, zone, limits: this.limits } };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A runtime whose clock stands still and whose sleeps are only written down. */
export function stillRuntime(now: number): { runtime: ClientRuntime; sleeps: number[] } {
  const sleeps: number[] = [];
  let ids = 0;
  const runtime: ClientRuntime = {
    now: () => now,
    randomId: () => `id-${String(++ids).padStart(8, '0')}`,
    random: () => 0.5,
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      return Promise.resolve();
    },
    fetch: (url, init) => fetch(url, init),
  };
  return { runtime, sleeps };
}
