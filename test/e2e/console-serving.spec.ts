import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startHubInProcess, type HubInProcess } from '../setup/hub-in-process.js';

const PRECOMPRESS = join(import.meta.dirname, '../../tools/precompress.mjs');
const PAGE = '<!doctype html><title>Console</title>';
const SCRIPT = `console.log("${'sekisho '.repeat(500)}");`;

let folder: string;
let database: TestDatabase;
let hub: HubInProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-console-'));
  const consoleDir = join(folder, 'dist');
  await mkdir(join(consoleDir, 'assets'), { recursive: true });
  await writeFile(join(consoleDir, 'index.html'), PAGE);
  await writeFile(join(consoleDir, 'assets', 'index-D86noOaR.js'), SCRIPT);
  await writeFile(join(consoleDir, 'assets', 'font-D86noOaR.woff2'), 'not text');
  await promisify(execFile)(process.execPath, [PRECOMPRESS, consoleDir]);
  await writeFile(join(folder, 'secret.txt'), 'beside the folder');
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  hub = await startHubInProcess(database.url, {
    consoleDir,
    env: { SEKISHO_PUBLIC_URL: 'https://hub.example' },
  });
});

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  hub.app.inject({ method: 'GET', url, headers });

describe('the console', () => {
  it.each(['/console/', '/console/alerts', '/console/lookup/203.0.113.9', '/console/campaigns/1?lang=ja'])(
    'answers %s with its page, which is asked for again each time',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(PAGE);
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.headers['cache-control'] ?? '').not.toMatch(/max-age=[1-9]|immutable/);
      expect((await get(url, { 'if-none-match': String(answer.headers.etag) })).statusCode).toBe(304);
    },
  );

  it('leads from /console to its folder', async () => {
    const answer = await get('/console');
    expect(answer.statusCode).toBe(301);
    expect(answer.headers.location).toBe('/console/');
  });

  it('lets browsers keep what has a digest in its name for a year', async () => {
    const answer = await get('/console/assets/index-D86noOaR.js');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toMatch(/javascript/);
    expect(answer.body).toBe(SCRIPT);
  });

  it('sends what was compressed when it was built', async () => {
    const url = '/console/assets/index-D86noOaR.js';
    const br = await get(url, { 'accept-encoding': 'gzip, br' });
    expect(br.headers['content-encoding']).toBe('br');
    expect(br.headers['content-type']).toMatch(/javascript/);
    expect(br.headers.vary).toMatch(/accept-encoding/i);
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(SCRIPT);
    const gz = await get(url, { 'accept-encoding': 'gzip' });
    expect(gunzipSync(gz.rawPayload).toString()).toBe(SCRIPT);
    const font = await get('/console/assets/font-D86noOaR.woff2', { 'accept-encoding': 'gzip, br' });
    expect(font.headers['content-encoding']).toBeUndefined();
    expect(font.body).toBe('not text');
  });

  it('says that a file of an older build is gone, instead of sending the page as a script', async () => {
    const answer = await get('/console/assets/index-OLDOLDOL.js');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each([
    '/console/../secret.txt',
    '/console/%2e%2e/secret.txt',
    '/console/..%2fsecret.txt',
    '/console/assets/..%2f..%2fsecret.txt',
    '/console/%00',
    '/console/.%2e/%2e./etc/passwd',
  ])('sends nothing from beside its folder: %s', async (url) => {
    const answer = await get(url);
    expect(answer.body).not.toContain('beside the folder');
    expect(answer.statusCode).not.toBe(500);
  });

  it('allows its own scripts and styles and nothing else', async () => {
    const policy = String((await get('/console/')).headers['content-security-policy']);
    const rules = new Map(
      policy.split('; ').map((rule) => [rule.split(' ')[0] ?? '', rule.split(' ').slice(1).join(' ')]),
    );
    expect(rules.get('default-src')).toBe("'none'");
    expect(rules.get('script-src')).toBe("'self'");
    expect(rules.get('style-src')).toBe("'self'");
    expect(rules.get('frame-ancestors')).toBe("'none'");
    expect(rules.get('base-uri')).toBe("'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

it.each(['/console/', '/', '/health/live', '/session', '/nowhere', '/console/assets/index-D86noOaR.js'])(
  '%s has the headers that keep a browser from making more of it',
  async (url) => {
    const { headers } = await get(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  },
);

it('a console that was not built is said to be so, in both languages', async () => {
  await using copy = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using bare = await startHubInProcess(copy.url);
  for (const url of ['/console/', '/console/alerts']) {
    const answer = await bare.app.inject({ method: 'GET', url });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('60');
    expect(answer.body).toContain('npm run build');
    expect(answer.body).toContain('コンソール');
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'/);
  }
});

it('a hub that is reached by an address instead of a name says that it cannot have passkeys', async () => {
  await using copy = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using bare = await startHubInProcess(copy.url);
  const headers = { origin: 'http://127.0.0.1:8080' };
  const answer = await bare.app.inject({ method: 'POST', url: '/session/options', headers, payload: {} });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ code: 'passkeys-unavailable' });
  expect(answer.body).toContain('SEKISHO_PUBLIC_URL');
});
