// Response codes and flags of RFC 1035, 2308, 6891, 7766, 8020 and 8482, judged by dig against the running process.
import { connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { dig, ensureDig } from './dig.js';
import { EdgeFixture } from './edge-fixture.js';
import type { EdgeProcess } from './edge-process.js';

let fixture: EdgeFixture;
let edge: EdgeProcess;

beforeAll(async () => {
  ensureDig();
  fixture = await EdgeFixture.create();
  fixture.hub.publish('ip', {
    '203.0.113.9': ['127.0.91.3'],
    '203.0.113.10': Array.from({ length: 60 }, (_, i) => `127.0.91.${i + 2}`),
  });
  fixture.hub.publish('domain', { 'shop.example.com': ['127.0.80.21'] });
  edge = await fixture.startLoaded();
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

const ask = (...args: string[]) => dig(edge.port, ...args);

describe('positive answers', () => {
  it('are authoritative, copy RD, offer no recursion, and live a minute', async () => {
    const { status, flags, answer } = await ask('9.113.0.203.ip.z.example');
    expect({ status, flags, answer }).toEqual({
      status: 'NOERROR',
      flags: ['qr', 'aa', 'rd'],
      answer: ['9.113.0.203.ip.z.example. 60 IN A 127.0.91.3'],
    });
    expect((await ask('9.113.0.203.ip.z.example', '+norecurse')).flags).toEqual(['qr', 'aa']);
  });

  it('keep the case of the question', async () => {
    const { question, answer } = await ask('ShoP.eXaMple.coM.DomAin.z.eXample');
    expect(question).toBe('ShoP.eXaMple.coM.DomAin.z.eXample.');
    expect(answer).toEqual(['ShoP.eXaMple.coM.DomAin.z.eXample. 60 IN A 127.0.80.21']);
  });

  it('come by TCP too', async () => {
    expect((await ask('9.113.0.203.ip.z.example', '+tcp')).answer).toHaveLength(1);
  });

  it('are truncated by UDP when they do not fit, and whole by TCP', async () => {
    const small = await ask('10.113.0.203.ip.z.example', '+noedns', '+ignore');
    expect(small.flags).toContain('tc');
    expect(small.answer).toEqual([]);
    // dig repeats by TCP.
    const whole = await ask('10.113.0.203.ip.z.example', '+noedns');
    expect(whole.flags).not.toContain('tc');
    expect(whole.answer).toHaveLength(60);
    expect((await ask('10.113.0.203.ip.z.example', '+bufsize=1232', '+ignore')).answer).toHaveLength(60);
  });

  it('to ANY are one HINFO', async () => {
    const { status, answer } = await ask('9.113.0.203.ip.z.example', 'ANY', '+notcp');
    expect({ status, answer }).toEqual({
      status: 'NOERROR',
      answer: ['9.113.0.203.ip.z.example. 60 IN HINFO "RFC8482" ""'],
    });
  });

  it.each(['z.example', 'ip.z.example', 'high.ip.z.example', 'hash.z.example'])(
    'give SOA and NS of %s',
    async (name) => {
      const soa = await ask(name, 'SOA');
      expect(soa.answer).toEqual([
        expect.stringMatching(
          `^${name}\\. 60 IN SOA ns1\\.z\\.example\\. hostmaster\\.z\\.example\\. \\d+ 300 60 604800 60$`,
        ),
      ]);
      expect((await ask(name, 'NS')).answer).toEqual([`${name}. 60 IN NS ns1.z.example.`]);
    },
  );

  it('give the address of the name server', async () => {
    expect((await ask('ns1.z.example')).answer).toEqual(['ns1.z.example. 60 IN A 127.0.0.1']);
  });
});

describe('negative answers', () => {
  it.each([
    ['NXDOMAIN', '1.2.3.60.ip.z.example', 'A', 'ip.z.example.'],
    ['NXDOMAIN', '300.2.3.60.ip.z.example', 'A', 'ip.z.example.'],
    ['NXDOMAIN', '01.2.3.60.ip.z.example', 'A', 'ip.z.example.'],
    ['NXDOMAIN', '9.9.113.0.203.ip.z.example', 'A', 'ip.z.example.'],
    ['NOERROR', '9.113.0.203.ip.z.example', 'MX', 'ip.z.example.'],
    ['NOERROR', '113.0.203.ip.z.example', 'A', 'ip.z.example.'],
    ['NOERROR', '8.b.d.0.1.0.0.2.ip.z.example', 'A', 'ip.z.example.'],
    ['NOERROR', 'example.com.domain.z.example', 'A', 'domain.z.example.'],
    ['NXDOMAIN', 'example.net.domain.z.example', 'A', 'domain.z.example.'],
    ['NOERROR', 'nosuch.z.example', 'A', 'z.example.'],
  ])('are %s with the SOA: %s %s', async (status, name, type, apex) => {
    const response = await ask(name, type);
    expect(response).toMatchObject({ status, answer: [], flags: ['qr', 'aa', 'rd'] });
    expect(response.authority).toEqual([expect.stringMatching(`^${apex.replaceAll('.', '\\.')} 60 IN SOA `)]);
  });

  it('are an error answer for a zone that does not exist, with a lifetime of one second', async () => {
    expect((await ask('9.113.0.203.nosuch.z.example')).answer).toEqual([
      '9.113.0.203.nosuch.z.example. 1 IN A 127.255.255.252',
    ]);
  });
});

describe('response codes', () => {
  it.each([
    ['BADVERS', ['9.113.0.203.ip.z.example', '+edns=1', '+noednsneg']],
    ['NOTIMP', ['9.113.0.203.ip.z.example', '+opcode=5']],
    ['NOTIMP', ['9.113.0.203.ip.z.example', '+opcode=4']],
    ['REFUSED', ['example.org']],
    ['REFUSED', ['version.bind', 'CH', 'TXT']],
    ['FORMERR', ['+header-only', '+nocookie']],
    ['NOERROR', ['9.113.0.203.ip.z.example', '+ednsopt=65001:00ff', '+dnssec']],
    ['NOERROR', ['9.113.0.203.ip.z.example', '+cookie']],
  ])('%s for dig %j', async (status, args) => {
    expect((await ask(...args)).status).toBe(status);
  });

  it('refuse zone transfers', async () => {
    expect((await ask('ip.z.example', 'AXFR')).text).toContain('Transfer failed.');
  });

  it('have an OPT only when the query has one', async () => {
    expect((await ask('example.org')).text).toContain('EDNS: version: 0');
    expect((await ask('example.org', '+noedns')).text).not.toContain('EDNS:');
  });

  it('are REFUSED for clients outside the access list', async () => {
    const closed = await fixture.start({ SEKISHO_DNS_ACCESS: '192.0.2.0/24' });
    expect((await dig(closed.port, '9.113.0.203.ip.z.example')).status).toBe('REFUSED');
    await closed.stop();
  });
});

describe('transport', () => {
  const query = (id: number, name = '9.113.0.203.ip.z.example') => encodeQuery({ id, name, type: TYPE.A });
  const framed = (message: Uint8Array) =>
    Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);

  it('answers pipelined queries on one connection, also when they come in pieces', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    const bytes = Buffer.concat([1, 2, 3, 4, 5].map((id) => framed(query(id))));
    let received = Buffer.alloc(0);
    const ids: (number | undefined)[] = [];
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        ids.push(decodeResponse(received.subarray(2, end))?.id);
        received = received.subarray(end);
      }
      if (ids.length === 5) socket.end();
    });
    await once(socket, 'connect');
    for (let at = 0; at < bytes.length; at += 7) {
      socket.write(bytes.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await once(socket, 'close');
    expect(ids).toEqual([1, 2, 3, 4, 5]);
  });

  it('survives peers that reset, that send garbage, and that never read', async () => {
    const reset = connect(edge.port, '127.0.0.1');
    await once(reset, 'connect');
    reset.write(framed(query(1)));
    reset.resetAndDestroy();
    const garbage = connect(edge.port, '127.0.0.1');
    await once(garbage, 'connect');
    garbage.write(Buffer.alloc(70_000, 0xff));
    const deaf = connect(edge.port, '127.0.0.1');
    deaf.on('error', () => undefined);
    await once(deaf, 'connect');
    deaf.pause();
    const flood = Buffer.concat(
      Array.from({ length: 5_000 }, (_, id) => framed(query(id, '10.113.0.203.ip.z.example'))),
    );
    deaf.write(flood);
    expect((await ask('9.113.0.203.ip.z.example')).status).toBe('NOERROR');
    expect((await ask('9.113.0.203.ip.z.example', '+tcp')).status).toBe('NOERROR');
    garbage.destroy();
    deaf.destroy();
  });

  it('closes a connection that is idle for ten seconds, and holds at most 200', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        // Of one client at most 50.
        const localAddress = `127.0.0.${10 + (i % 4)}`;
        const socket = connect({ port: edge.port, host: '127.0.0.1', localAddress });
        await once(socket, 'connect');
        return socket;
      }),
    );
    const openedAt = performance.now();
    const oneTooMany = connect(edge.port, '127.0.0.1');
    oneTooMany.on('error', () => undefined);
    await once(oneTooMany, 'close');
    expect(performance.now() - openedAt).toBeLessThan(5_000);
    // UDP does not care, and a byte is no message.
    expect((await ask('9.113.0.203.ip.z.example')).status).toBe('NOERROR');
    sockets[0]?.write(Uint8Array.of(0));
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    expect(performance.now() - openedAt).toBeGreaterThan(8_000);
    expect(performance.now() - openedAt).toBeLessThan(15_000);
    expect((await ask('9.113.0.203.ip.z.example', '+tcp')).status).toBe('NOERROR');
  });

  it('sends nothing back to a response or to fewer than twelve octets', async () => {
    const socket = createSocket('udp4');
    const replies: Uint8Array[] = [];
    socket.on('message', (message) => replies.push(message));
    const response = query(2);
    response[2] = 0x80;
    for (const packet of [response, query(3).subarray(0, 11), query(4)])
      socket.send(packet, edge.port, '127.0.0.1');
    await once(socket, 'message');
    socket.close();
    expect(replies.map((reply) => decodeResponse(reply)?.id)).toEqual([4]);
  });
});
