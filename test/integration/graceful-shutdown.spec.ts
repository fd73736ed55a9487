// What is under way when a hub is told to stop is answered, and then it goes.
import { signEnvelope } from '@sekisho/client';
import { readEdgeToken } from '@sekisho/config';
import { createTestDatabase, Federation, reportOf, type TestDatabase } from '@sekisho/testing';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

// Many processes start one after the other, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub'] });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function connect(): Promise<{ socket: Socket; answer: () => string }> {
  const { hostname, port } = new URL(federation.hubUrl);
  const socket = createConnection(Number(port), hostname);
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  return { socket, answer: () => answer };
}

describe('a hub that is told to stop', () => {
  it('answers the envelope that is half sent and the edge that waits, takes no more, and ends with status 0', async () => {
    const member = await federation.member('isp-a');
    const envelope = await signEnvelope(member.enrolled, [reportOf('203.0.113.9')], {
      now: Date.now(),
      jti: 'half-sent-1',
    });
    const token = await readEdgeToken(federation.env['SEKISHO_DATA_DIR'] ?? '');
    const snapshot = await fetch(`${federation.hubUrl}/zones/ip/snapshot`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const serial = snapshot.headers.get('sekisho-serial') ?? '';
    await snapshot.arrayBuffer();

    const edge = await connect();
    edge.socket.write(
      `GET /zones/ip/changes?since=${serial}&wait=60 HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const sender = await connect();
    sender.socket.write(
      `POST /reports HTTP/1.1\r\nHost: hub\r\nContent-Type: application/jwt\r\nContent-Length: ${envelope.length}\r\n\r\n` +
        envelope.slice(0, 100),
    );
    // Both requests have been read when a later one has its answer.
    await expect
      .poll(async () => {
        const metrics = await fetch(`${federation.hubUrl}/metrics`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return metrics.ok;
      })
      .toBe(true);
    const stopped = federation.exitStatusOf('hub');
    // The edge is let go first: by then the hub is stopping.
    await expect.poll(edge.answer, { timeout: 60_000 }).toMatch(/^HTTP\/1\.1 204 /);
    sender.socket.write(envelope.slice(100));
    await expect.poll(sender.answer, { timeout: 60_000 }).toMatch(/^HTTP\/1\.1 202 [\s\S]*"receiptId"/);
    expect(await stopped).toBe(0);
    await expect(fetch(`${federation.hubUrl}/health/live`)).rejects.toThrow();

    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    const { rows } = await sql.query<{ n: number }>('SELECT count(*)::int AS n FROM sighting');
    await sql.end();
    expect(rows[0]?.n).toBe(1);
  });
});
