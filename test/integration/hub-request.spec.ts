// What an edge asks its hub goes over real sockets here: what HTTP leaves open is decided by how these behave.
import { askHub } from '@sekisho/zone-follow';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening) await once(server, 'close');
});

async function hub(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
const ask = (url: string, signal = AbortSignal.timeout(5_000)) =>
  askHub(url, { headers: { authorization: 'Bearer token' }, signal });
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('a question to the hub', () => {
  it('brings status, headers and body, of a length that is told or not', async () => {
    const url = await hub((request, response) => {
      response.setHeader('sekisho-serial', '7');
      if (request.url === '/told') response.setHeader('content-length', 10);
      response.write('first');
      setTimeout(() => response.end(' last'), 20);
    });
    for (const path of ['/told', '/chunked']) {
      const answer = await ask(`${url}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.header('sekisho-serial')).toBe('7');
      expect(answer.header('no-such')).toBeUndefined();
      expect(text(answer.body)).toBe('first last');
    }
  });

  it('posts a body', async () => {
    const url = await hub((request, response) => {
      request.pipe(response);
    });
    const signal = AbortSignal.timeout(5_000);
    const answer = await askHub(url, { method: 'POST', headers: {}, body: '{"é":1}', signal });
    expect(text(answer.body)).toBe('{"é":1}');
  });

  it('follows no redirect, so that the token is shown to nobody else', async () => {
    const asked: unknown[] = [];
    const url = await hub(({ url: path }, response) => {
      asked.push(path);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await ask(`${url}/zone`)).status).toBe(302);
    expect(asked).toEqual(['/zone']);
  });

  it.each([
    ['of a length that is told', { 'content-length': 1_000 }],
    ['of any length', {}],
  ])('fails when the answer is cut off: %s', async (_, headers) => {
    const url = await hub((_request, response) => {
      response.writeHead(200, headers);
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(ask(url)).rejects.toThrow();
  });

  it('fails when it takes too long, before the answer and in it', async () => {
    const url = await hub((request, response) => {
      if (request.url === '/body') response.write('half');
    });
    for (const path of ['/', '/body']) {
      await expect(ask(`${url}${path}`, AbortSignal.timeout(100))).rejects.toThrow();
    }
  });

  it('is asked again on a new connection when the kept one was just closed', async () => {
    const sockets = new Set<Socket>();
    const url = await hub((request, response) => {
      // The second question on one connection meets its end, as when the hub gives up an idle one at that moment.
      if (sockets.has(request.socket)) request.socket.destroy();
      else response.end('answer');
      sockets.add(request.socket);
    });
    expect(text((await ask(url)).body)).toBe('answer');
    expect(text((await ask(url)).body)).toBe('answer');
    expect(sockets.size).toBe(2);
  });
});
