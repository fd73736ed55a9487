// Whoever has shown nothing yet can ask only so much of the trustee, and is refused in the words of RFC 9457.
import { createTestDatabase, Federation, type TestDatabase } from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, {
    ...{ processes: ['hub', 'trustee'], env: { SEKISHO_RATE_LIMIT: 'yes' } },
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const ROUTES = [
  ['POST', '/oprf/evaluate'],
  ['POST', '/members/keys'],
  ['POST', '/add-checkpoint'],
  ['GET', '/.well-known/sekisho'],
  ['GET', '/health/live'],
  ['GET', '/health/ready'],
  ['GET', '/metrics'],
] as const;
const ROTATIONS_A_MINUTE = 120;

const ask = (path: string, method: string, body = '{}') =>
  fetch(`${federation.env['SEKISHO_TRUSTEE_URL'] ?? ''}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' } },
    ...(method === 'POST' && { body }),
  });

describe('the trustee', () => {
  it.each(ROUTES)('counts who asks %s %s', async (method, path) => {
    const { headers } = await ask(path, method);
    expect(Number(headers.get('x-ratelimit-limit'))).toBeGreaterThan(0);
    expect(Number(headers.get('x-ratelimit-limit'))).toBeLessThanOrEqual(1_200);
  });

  it('tells who asks too often when to come back, and goes on for its other routes', async () => {
    let answer = await ask('/members/keys', 'POST');
    for (let i = 0; i < ROTATIONS_A_MINUTE && answer.status !== 429; i++)
      answer = await ask('/members/keys', 'POST');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'too-many-requests', status: 429 });
    expect((await ask('/health/live', 'GET')).status).toBe(200);
  });

  it.each([
    ['a body over its limit', 413, JSON.stringify({ elements: 'x'.repeat(20_000) })],
    ['what is no JSON', 400, '{'],
  ])('refuses %s as a problem', async (_, status, body) => {
    const answer = await ask('/oprf/evaluate', 'POST', body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code: 'request-malformed', status });
  });
});
