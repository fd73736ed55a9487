// Whoever has shown nothing yet can ask only so much of the hub: on every route, per address, in bounded memory.
import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startHubInProcess, type HubInProcess } from '../setup/hub-in-process.js';
import { routesOf, type Route } from '../setup/get-routes.js';

let database: TestDatabase;
let hub: HubInProcess;
let proxied: HubInProcess;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  hub = await startHubInProcess(database.url);
  proxied = await startHubInProcess(database.url, {
    env: { SEKISHO_TRUSTED_PROXIES: '192.0.2.1/32' },
  });
});

afterAll(async () => {
  await proxied[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const ask = (
  { method, path }: Pick<Route, 'method' | 'path'>,
  from: { remoteAddress?: string; headers?: Record<string, string> } = {},
  of = hub,
) => of.app.inject({ method, url: path.replaceAll(/:\w+/g, 'ip').replace('*', '0/000'), ...from });

const PAGE = { method: 'GET', path: '/' } as const;
const PAGES_A_MINUTE = 120;

async function exhaust(remoteAddress: string): Promise<void> {
  for (let i = 0; i < PAGES_A_MINUTE; i++) await ask(PAGE, { remoteAddress });
}

describe('the rate of one address', () => {
  it('is counted on every route that is open to anybody, and on every other one', async () => {
    const routes = routesOf(hub);
    expect(routes.filter(({ isOpen }) => isOpen).length).toBeGreaterThan(10);
    const graphql: Route = { method: 'POST', path: '/graphql', isOpen: true };
    for (const route of [...routes, graphql]) {
      const { headers } = await ask(route);
      expect(headers['x-ratelimit-limit'], `${route.method} ${route.path}`).toMatch(/^\d+$/);
      // Nobody may ask more than 200 a second of anything.
      expect(Number(headers['x-ratelimit-limit'])).toBeLessThanOrEqual(12_000);
    }
  });

  it('over the limit is told to come back, by address and not by what it says of itself', async () => {
    await exhaust('198.51.100.1');
    const refused = await ask(PAGE, {
      remoteAddress: '198.51.100.1',
      headers: { 'x-forwarded-for': '198.51.100.99' },
    });
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await ask(PAGE, { remoteAddress: '198.51.100.2' })).statusCode).toBe(200);
  });

  it('is that of a /64 in IPv6, which is one customer', async () => {
    await exhaust('2001:db8:1:2::1');
    expect((await ask(PAGE, { remoteAddress: '2001:db8:1:2:ffff::9' })).statusCode).toBe(429);
    expect((await ask(PAGE, { remoteAddress: '2001:db8:1:3::1' })).statusCode).toBe(200);
  });

  it('behind a reverse proxy that is trusted is that of the client', async () => {
    const from = (client: string) => ({ remoteAddress: '192.0.2.1', headers: { 'x-forwarded-for': client } });
    for (let i = 0; i < PAGES_A_MINUTE; i++) await ask(PAGE, from('198.51.100.7'), proxied);
    expect((await ask(PAGE, from('198.51.100.7'), proxied)).statusCode).toBe(429);
    expect((await ask(PAGE, from('198.51.100.8'), proxied)).statusCode).toBe(200);
  });
});
