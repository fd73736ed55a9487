// Where a push goes when the name of its endpoint says one thing and then another.
import { EventReceiver } from '@sekisho/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pushBy } from '../../apps/hub/src/events/push/push-client.js';

let server: ReturnType<typeof createServer>;
let port: number;
const connections: Socket[] = [];

beforeEach(async () => {
  connections.length = 0;
  server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined).destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

const target = () => ({ endpoint: `https://rebinding.invalid:${port}/`, authorization: undefined });

it('connects to the address that was judged, by a single look-up of a name', async () => {
  let asked = 0;
  const resolve = () => Promise.resolve(asked++ === 0 ? [{ address: '127.0.0.1', family: 4 }] : []);
  // Nobody but our own look-up knows the name: the connection can only have come from what it said.
  await expect(pushBy({ isLoopbackAllowed: true, resolve })(target(), 'a.b.c')).rejects.toThrow();
  expect(connections).toHaveLength(1);
  expect(asked).toBe(1);
});

it.each([
  ['inside', [{ address: '127.0.0.1', family: 4 }]],
  [
    'outside and inside',
    [
      { address: '193.0.6.139', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
  ],
  ['inside by a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
])('does not connect to a name that leads %s', async (_where, addresses) => {
  const push = pushBy({ isLoopbackAllowed: false, resolve: () => Promise.resolve(addresses) });
  await expect(push(target(), 'a.b.c')).rejects.toMatchObject({ code: 'endpoint-refused' });
  expect(connections).toEqual([]);
});

it('reads no more of an answer than an error needs', async () => {
  await using receiver = await EventReceiver.start();
  receiver.interrupt = (_event, response) => {
    response.writeHead(400).write('x'.repeat(100_000));
    return true;
  };
  const token = `a.${Buffer.from('{"jti":"1"}').toString('base64url')}.c`;
  const answer = await pushBy({ isLoopbackAllowed: true })(
    { endpoint: receiver.url, authorization: undefined },
    token,
  );
  expect(answer).toMatchObject({ status: 400, err: undefined });
});
