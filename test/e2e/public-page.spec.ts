import {
  createTestDatabase,
  digUntil,
  Federation,
  nameOf,
  reportOf,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const open = (path: string, language = 'en') =>
  fetch(`${federation.hubUrl}${path}`, { headers: { 'accept-language': language } });

describe('the public page', () => {
  it('is where a listing says that one finds out why', async () => {
    for (const id of ['isp-a', 'isp-b', 'isp-c']) {
      await (await federation.member(id)).submit(reportOf('203.0.113.40'));
    }
    await digUntil(federation, nameOf('203.0.113.40'), (answers) => answers.length > 0);
    const answer = await open('/?subject=203.0.113.40');
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('is listed');
    expect(page).toContain('zombie/trap');
    expect(page).not.toMatch(/isp-[abc]/i);
  });

  it('speaks Japanese to who reads Japanese', async () => {
    expect(await (await open('/?subject=203.0.113.41', 'ja,en;q=0.5')).text()).toContain(
      'は掲載されていません',
    );
  });

  it('says what is wrong with a question, and stays a page', async () => {
    const answer = await open(`/?subject=${encodeURIComponent('<script>alert(1)</script>')}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain('<script>');
    expect((await open('/?subject=a&subject=b')).status).toBe(200);
    expect((await open(`/?subject=${'a'.repeat(2_000)}`)).status).toBe(200);
  });

  it('lets nothing run and nothing load', async () => {
    const answer = await open('/');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
  });

  it('has a limit for who asks without end', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 130 }, () => open('/').then(({ status }) => status)),
    );
    expect(statuses).toContain(429);
  });
});
