// How an edge is operated: which path answers, what it counts, when it says that it is ready.
import { freePort } from '@sekisho/testing';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { dig, ensureDig } from './dig.js';
import { EdgeFixture } from './edge-fixture.js';
import { eventually } from './edge-process.js';

beforeAll(ensureDig);

const NAME = '9.113.0.203.ip.z.example';

async function get(port: number, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

async function metrics(port: number): Promise<Record<string, number>> {
  const { text } = await get(port, '/metrics');
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith('sekisho_dns_'))
      .map((line) => {
        const cut = line.lastIndexOf(' ');
        return [line.slice('sekisho_dns_'.length, cut), Number(line.slice(cut + 1))];
      }),
  );
}

describe('an edge in operation', () => {
  it('answers UDP in batches by default, and says how', async () => {
    await using fixture = await EdgeFixture.create();
    const edge = await fixture.start({ SEKISHO_DNS_WORKERS: '2' });
    expect(edge.log).toContain('"udp":"batched, 2 workers"');
    const single = await fixture.start({ SEKISHO_DNS_HOT: 'no' });
    expect(single.log).toContain('"udp":"single thread: SEKISHO_DNS_HOT=no"');
    const closed = await fixture.start({
      SEKISHO_DNS_ACCESS: '192.0.2.0/24',
      SEKISHO_DNS_RRL: 'responses=9',
    });
    expect(closed.log).toContain('"udp":"batched');
  });

  it('answers over IPv6 and to many clients at once, whichever worker gets them', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    const edge = await fixture.startLoaded({ SEKISHO_DNS: '[::]:0', SEKISHO_DNS_WORKERS: '3' });
    const query = encodeQuery({ id: 9, name: NAME, type: TYPE.A });
    const txt = encodeQuery({ id: 10, name: NAME, type: TYPE.TXT });
    for (const address of ['127.0.0.1', '::1']) {
      const answered = Array.from({ length: 24 }, async () => {
        const socket = createSocket(address === '::1' ? 'udp6' : 'udp4');
        const ids: (number | undefined)[] = [];
        for (const packet of [query, txt]) {
          socket.send(packet, edge.port, address);
          const [message] = (await once(socket, 'message')) as [Uint8Array];
          ids.push(decodeResponse(message)?.id);
        }
        socket.close();
        return ids.join();
      });
      expect(new Set(await Promise.all(answered))).toEqual(new Set(['9,10']));
    }
  });

  it('counts answers by zone, rcode and transport, and what left the hot path', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    const http = await freePort();
    const edge = await fixture.startLoaded({ SEKISHO_DNS_HTTP: `127.0.0.1:${http}` });
    const before = await metrics(http);
    for (let i = 0; i < 3; i++) await dig(edge.port, NAME, '+nocookie');
    await dig(edge.port, '1.2.3.60.ip.z.example', '+nocookie');
    await dig(edge.port, NAME, 'TXT', '+nocookie');
    await dig(edge.port, NAME, '+tcp');
    const after = await metrics(http);
    const grown = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    expect(grown('queries_total{zone="ip",rcode="0",transport="udp"}')).toBe(4);
    expect(grown('queries_total{zone="ip",rcode="3",transport="udp"}')).toBe(1);
    expect(grown('queries_total{zone="ip",rcode="0",transport="tcp"}')).toBe(1);
    expect(grown('hot_slow_path_total')).toBe(1);
    expect(grown('hot_packets_total')).toBe(5);
    expect(after['zone_serial{zone="ip"}']).toBe(2);
    expect(after['zone_entries{zone="ip"}']).toBe(1);
    expect(after['zone_age_seconds{zone="ip"}']).toBeLessThan(30);
    expect((await get(http, '/nosuch')).status).toBe(404);
  });

  it('is not ready while its data is older than the limit, and goes on answering', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    const http = await freePort();
    const edge = await fixture.startLoaded({
      SEKISHO_DNS_HTTP: `127.0.0.1:${http}`,
      SEKISHO_DNS_MAX_AGE: '2',
    });
    expect(await get(http, '/health/ready')).toEqual({ status: 200, text: 'ok\n' });
    await fixture.hub.close();
    await eventually(async () => (await get(http, '/health/ready')).status === 503);
    expect((await get(http, '/health/ready')).text).toMatch(/^zone \S+ is \d+ s old, more than 2$/m);
    expect((await get(http, '/health/live')).status).toBe(200);
    expect((await dig(edge.port, NAME)).status).toBe('NOERROR');
  });
});
