// Push-based delivery (RFC 8935) to a real receiver, on a clock of the test's own.
import { generateHubKey, importHubKey, signSecurityEvent } from '@sekisho/auth';
import { DELIVERY } from '@sekisho/feedback';
import { EventStreamRepository, MemberEventRepository, openDatabase, tellMember } from '@sekisho/persistence';
import { createTestDatabase, EventReceiver, type TestDatabase } from '@sekisho/testing';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { pushBy, type Push } from '../../apps/hub/src/events/push/push-client.js';
import { PushDelivery } from '../../apps/hub/src/events/push/push-delivery.js';

const MEMBER = 'isp-a';
const HOUR_MS = 3_600_000;
const key = await importHubKey(await generateHubKey());

let database: TestDatabase;
let dataSource: DataSource;
let events: MemberEventRepository;
let streams: EventStreamRepository;
let receiver: EventReceiver;
let clock = Date.parse('2026-11-01T00:00:00Z');
const now = () => new Date(clock);

const deliveryBy = (push: Push) =>
  new PushDelivery({
    ...{ events, streams, push, now, onRefused: () => undefined },
    sign: (memberId, { jti, madeAt, type, details }) =>
      signSecurityEvent(
        {
          jti,
          audience: memberId,
          issuedAt: madeAt,
          type,
          details,
          subject: { format: 'opaque', id: memberId },
        },
        { key, id: 'https://hub.example' },
      ),
  });
const delivery = () => deliveryBy(pushBy({ isLoopbackAllowed: true }));

/** As the hub does each second: whoever is due is delivered to. */
async function round(by = delivery()): Promise<void> {
  for (const memberId of await streams.due(now())) await by.deliver(memberId);
}

const tell = (action: string) =>
  tellMember(dataSource, { memberId: MEMBER, type: 'urn:sekisho:event:action', details: { action } }, now());
const waiting = async () => (await events.pending(MEMBER, 1_000)).length;
const actionsOf = (tokens: readonly { token: string }[]) =>
  tokens.map(({ token }) => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      events: Record<string, { action: string }>;
    };
    return claims.events['urn:sekisho:event:action']?.action;
  });

beforeEach(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  dataSource = await openDatabase(database.url, { poolSize: 4 });
  events = new MemberEventRepository(dataSource);
  streams = new EventStreamRepository(dataSource);
  receiver = await EventReceiver.start();
  await dataSource.query(
    `INSERT INTO member (id, name, role, status, trust, created_at)
     VALUES ('isp-a', 'ISP A', 'member', 'active', 1, $1)`,
    [now()],
  );
  await streams.setEndpoint(MEMBER, { endpoint: receiver.url, authorization: 'Bearer of-isp-a' }, now());
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await dataSource.destroy();
  await database[Symbol.asyncDispose]();
});

describe('push delivery', () => {
  it('survives a receiver that is down for an hour: nothing lost, nothing doubled, all in order', async () => {
    await tell('before');
    await round();
    await receiver.goDown();
    const told = ['before'];
    for (const end = clock + HOUR_MS; clock < end; clock += 10_000) {
      if (clock % 60_000 === 0) {
        told.push(`at ${clock}`);
        await tell(told.at(-1) ?? '');
      }
      await round();
    }
    const { failures, lastError, nextAttemptAt } = await streams.find(MEMBER);
    // 1, 2, 4 … 256 s, then every five minutes: not a storm, and not a long silence either.
    expect(failures).toBeGreaterThan(15);
    expect(failures).toBeLessThan(25);
    expect(lastError).toBe('not reached: ECONNREFUSED');
    await receiver.comeBack();
    clock = nextAttemptAt?.getTime() ?? 0;
    expect(clock).toBeLessThanOrEqual(Date.parse('2026-11-01T01:00:00Z') + DELIVERY.maxRetryMs);
    await round();
    expect(actionsOf(receiver.stored)).toEqual(told);
    expect(receiver.arrivals).toHaveLength(told.length);
    expect(await waiting()).toBe(0);
    expect(await streams.find(MEMBER)).toMatchObject({ failures: 0, lastError: undefined });
  });

  it('sends the same token again when a hub died after the receiver took it, and a receiver that keeps jti has one', async () => {
    for (const action of ['one', 'two', 'three']) await tell(action);
    const push = pushBy({ isLoopbackAllowed: true });
    let left = 2;
    const dying = deliveryBy(async (target, token) => {
      const answer = await push(target, token);
      // The receiver has it, and the hub is gone before it can say so.
      if (--left === 0) await dataSource.query('SELECT pg_terminate_backend(pg_backend_pid())');
      return answer;
    });
    await expect(dying.deliver(MEMBER)).rejects.toThrow();
    clock += 60_000;
    await round();
    expect(actionsOf(receiver.arrivals)).toEqual(['one', 'two', 'two', 'three']);
    expect(actionsOf(receiver.stored)).toEqual(['one', 'two', 'three']);
    expect(receiver.arrivals[2]?.token).toBe(receiver.arrivals[1]?.token);
  });

  it('two hubs at once deliver each event once', async () => {
    for (let i = 0; i < 20; i++) await tell(String(i));
    await Promise.all([delivery().deliver(MEMBER), delivery().deliver(MEMBER)]);
    expect(actionsOf(receiver.arrivals)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  it('sets aside what the receiver calls invalid, goes on, and takes it up again when asked', async () => {
    for (const action of ['one', 'two']) await tell(action);
    receiver.interrupt = (_event, response) => {
      if (receiver.arrivals.length > 1) return false;
      response.writeHead(400, { 'content-type': 'application/json', 'content-language': 'en' });
      response.end('{"err":"invalid_request","description":"not for us"}');
      return true;
    };
    await round();
    expect(actionsOf(receiver.stored)).toEqual(['two']);
    expect(await events.refused(MEMBER, 10)).toMatchObject([
      { refused: 'HTTP 400 invalid_request', details: { action: 'one' } },
    ]);
    expect(await events.takeUp(MEMBER)).toBe(1);
    await round();
    expect(actionsOf(receiver.stored)).toEqual(['two', 'one']);
  });

  it('gives up one event after three days, so that the rest arrives', async () => {
    for (const action of ['poison', 'two']) await tell(action);
    receiver.interrupt = (event, response) => {
      if (!actionsOf([event]).includes('poison')) return false;
      response.writeHead(500).end();
      return true;
    };
    await round();
    clock += DELIVERY.giveUpMs - 1;
    await round();
    expect(receiver.stored).toEqual([]);
    clock += HOUR_MS;
    await round();
    expect(actionsOf(receiver.stored)).toEqual(['two']);
    expect(await events.refused(MEMBER, 10)).toMatchObject([{ refused: 'given up: HTTP 500' }]);
  });

  it('holds back while it is paused, and asks no redirection nor an inner address', async () => {
    await tell('one');
    await streams.setStatus(MEMBER, 'paused', now());
    await round();
    expect(receiver.arrivals).toEqual([]);
    await streams.setStatus(MEMBER, 'enabled', now());
    await round(deliveryBy(pushBy({ isLoopbackAllowed: false })));
    expect(receiver.arrivals).toEqual([]);
    expect((await streams.find(MEMBER)).lastError).toBe('not reached: endpoint-refused');
    clock += 1_000;
    receiver.interrupt = (_event, response) => {
      response.writeHead(307, { location: receiver.url }).end();
      return true;
    };
    await round();
    expect(receiver.arrivals).toHaveLength(1);
    expect((await streams.find(MEMBER)).lastError).toBe('HTTP 307');
    expect(receiver.arrivals[0]?.authorization).toBe('Bearer of-isp-a');
    expect(await waiting()).toBe(1);
  });
});
