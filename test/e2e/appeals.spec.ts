// An appeal from the public page to the corrected answer of edge and secondary; through real processes and a real NSD.
import { appealQuery, appealsQuery, decideAppealMutation, solvePuzzle, type Appeal } from '@sekisho/client';
import { openDatabase } from '@sekisho/persistence';
import {
  createTestDatabase,
  digUntil,
  Federation,
  freePort,
  nameOf,
  reportOf,
  requireProgram,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askAll, Secondary } from '../conformance/secondary.js';
import { SmtpSink } from '../setup/smtp-sink.js';
import { TxtServer } from '../setup/txt-server.js';

let database: TestDatabase;
let federation: Federation;
let directory: string;
let nsd: Secondary;
let mail: SmtpSink;
let dns: TxtServer;
const members = new Map<string, FederationMember>();

beforeAll(async () => {
  await requireProgram('nsd', 'nsd');
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  directory = await mkdtemp(join(tmpdir(), 'sekisho-appeals-'));
  mail = await SmtpSink.start();
  dns = await TxtServer.start();
  const key = { name: 'nsd-key', algorithm: 'hmac-sha256', secret: randomBytes(32).toString('base64') };
  const keyFile = join(directory, 'tsig.keys');
  const { name, algorithm, secret } = key;
  await writeFile(keyFile, `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };\n`, {
    mode: 0o600,
  });
  const nsdPort = await freePort();
  federation = await Federation.start(database.url, {
    env: {
      ...{ SEKISHO_TSIG_KEYS: keyFile, SEKISHO_NOTIFY: `127.0.0.1:${String(nsdPort)}` },
      // The test stands for the proxy in front of the hub, and says from where a request came.
      SEKISHO_TRUSTED_PROXIES: '127.0.0.1/32',
      ...{
        SEKISHO_SMTP_URL: mail.url,
        SEKISHO_MAIL_FROM: 'sekisho@hub.example',
        SEKISHO_RESOLVER: dns.address,
      },
    },
  });
  nsd = new Secondary('nsd', join(directory, 'nsd'), nsdPort, federation.dnsPort, key);
  await nsd.start();
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.set(id, await federation.member(id));
  members.set('isp-d', await federation.member('isp-d', { networks: ['198.51.100.0/24'] }));
  for (const id of ['wg-1', 'wg-2']) members.set(id, await federation.member(id, { role: 'reviewer' }));
  members.set('wg-a', await federation.member('wg-a', { role: 'reviewer' }));
});

afterAll(async () => {
  await nsd.stop();
  await federation[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const memberOf = (id: string): FederationMember => {
  const member = members.get(id);
  if (!member) throw new Error(`no member ${id}`);
  return member;
};

interface Sent {
  readonly from?: string;
  readonly form?: Record<string, string>;
}

/** As a browser sends a form, from an address of the world. */
const open = (path: string, { from = '192.0.2.7', form }: Sent = {}) =>
  fetch(new URL(path, federation.hubUrl), {
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    headers: { 'x-forwarded-for': from, 'accept-language': 'en' },
    redirect: 'manual',
  });

async function list(
  ip: string,
  category: 'spam-source' | 'zombie' = 'spam-source',
  reporters = ['isp-a', 'isp-b', 'isp-c'],
) {
  for (const id of reporters) await memberOf(id).submit(reportOf(ip, { category }));
  await digUntil(federation, nameOf(ip), (answers) => answers.length > 0);
}

/** What the page's script does: fetches a puzzle, solves it, and sends the form. */
async function puzzle(): Promise<string> {
  return solvePuzzle((await (await open('/appeal/challenge')).json()) as Parameters<typeof solvePuzzle>[0]);
}

const newForm = () => randomBytes(18).toString('base64url');

async function file(subject: string, change: Record<string, string> = {}): Promise<string> {
  const form = { subject, words: 'It was a test.', form: newForm(), proof: await puzzle(), ...change };
  const answer = await open('/appeal', { form });
  expect([answer.status, answer.status === 303 ? '' : await answer.text()]).toEqual([303, '']);
  return answer.headers.get('location') ?? '';
}

const call = async <T>(id: string, operation: { text: string; schema: z.ZodType<T> }, variables: object) =>
  (await memberOf(id).session()).call(operation, { ...variables });

async function appealAbout(subject: string): Promise<Appeal> {
  const { appeals } = await call('wg-1', appealsQuery, { first: 100, state: null });
  const found = appeals.edges.find(({ node }) => node.subject === subject)?.node;
  if (!found) throw new Error(`no appeal about ${subject}`);
  return found;
}

const decide = (by: string, { id, version }: Appeal, outcome = 'UPHELD') =>
  call(by, decideAppealMutation, { id, version, outcome, reason: 'A relay of forwarded mail.' });

const atSecondary = async (name: string) => (await askAll(nsd.port, [name], 1)).get(name)?.values ?? [];

describe('an appeal', () => {
  it('goes from the public page to a corrected answer at edge and secondary within 5 seconds', async () => {
    const ip = '203.0.113.70';
    await list(ip);
    await expect.poll(() => atSecondary(nameOf(ip)), { timeout: 60_000 }).not.toEqual([]);
    const lookup = await (await open(`/?subject=${ip}`)).text();
    expect(lookup).toContain('is listed');
    expect(lookup).toContain(`/appeal?lang=en&amp;subject=${ip}`);
    const form = await (await open(`/appeal?subject=${ip}`)).text();
    expect(form).toContain('data-puzzle');

    const page = await file(ip);
    expect(await (await open(page)).text()).toContain('Not confirmed yet');
    const elsewhere = await open(page, { form: { action: 'address' } });
    expect(await elsewhere.text()).toContain('Not confirmed yet');
    const itself = await open(page, { from: ip, form: { action: 'address' } });
    expect(await itself.text()).toContain('Under review');

    const appeal = await appealAbout(ip);
    expect(appeal).toMatchObject({
      state: 'OPEN',
      reasonClass: 'SPAM_SOURCE',
      isConcerned: false,
      effectMs: null,
    });
    expect(JSON.stringify(appeal)).not.toMatch(/isp-[abc]/);
    expect(appeal.evidence[0]?.factor).toBe('spam-source/trap');

    const start = performance.now();
    const { decideAppeal: decided } = await decide('wg-1', appeal);
    expect(decided).toMatchObject({ state: 'DECIDED', outcome: 'UPHELD' });
    await digUntil(federation, nameOf(ip), (answers) => answers.length === 0);
    const atEdge = performance.now() - start;
    await expect.poll(() => atSecondary(nameOf(ip)), { timeout: 20_000, interval: 50 }).toEqual([]);
    const everywhere = performance.now() - start;
    console.log(`time to effect: edge ${atEdge.toFixed(0)} ms, NSD ${everywhere.toFixed(0)} ms`);
    expect(atEdge).toBeLessThan(5_000);
    expect(everywhere).toBeLessThan(5_000);

    const effect = async () => (await call('wg-1', appealQuery, { id: appeal.id })).appeal?.effectMs ?? null;
    await expect.poll(effect, { timeout: 10_000 }).not.toBeNull();
    const effectMs = (await effect()) ?? Infinity;
    console.log(`measured by the hub: ${String(effectMs)} ms`);
    expect(effectMs).toBeGreaterThan(0);
    expect(effectMs).toBeLessThan(5_000);
    expect(await (await open(page)).text()).toContain('Upheld');
    // What comes of the same mistake meanwhile lists nothing.
    await memberOf('isp-a').submit(reportOf(ip, { category: 'spam-source' }));
  });

  it('tells every member, and counts against those who reported', async () => {
    const token = await (await memberOf('isp-d').session()).accessToken();
    const answer = await fetch(new URL('/events', federation.hubUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ maxEvents: 10, returnImmediately: true }),
    });
    const { sets } = (await answer.json()) as { sets: Record<string, string> };
    const told = Object.values(sets).map((jws) =>
      Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(told.join()).toContain('urn:sekisho:event:correction');
    expect(told.join()).toContain('203.0.113.70');
    const dataSource = await openDatabase(database.url, { poolSize: 1 });
    const trust: { id: string; trust: number }[] = await dataSource.query('SELECT id, trust FROM member');
    await dataSource.destroy();
    const of = (id: string) => trust.find((one) => one.id === id)?.trust;
    for (const id of ['isp-a', 'isp-b', 'isp-c']) expect(of(id)).toBeCloseTo((0.8 * 20) / 21);
    expect(of('isp-d')).toBeCloseTo(0.8);
  });

  it('against a first listing as a zombie is lifted at once, and the second one is reviewed', async () => {
    const ip = '203.0.113.71';
    await list(ip, 'zombie');
    const page = await file(ip);
    const answer = await open(page, { from: ip, form: { action: 'address' } });
    expect(await answer.text()).toContain('If abuse is seen again it comes back at once.');
    await digUntil(federation, nameOf(ip), (answers) => answers.length === 0);
  });

  it('is decided by one of two reviewers, and by none that is concerned', async () => {
    const ip = '203.0.113.72';
    await list(ip, 'spam-source', ['isp-a', 'wg-a', 'isp-b']);
    await open(await file(ip), { from: ip, form: { action: 'address' } });
    const appeal = await appealAbout(ip);
    await expect(decide('wg-a', appeal)).rejects.toMatchObject({ code: 'appeal-reviewer-concerned' });
    await expect(decide('isp-a', appeal)).rejects.toMatchObject({ code: 'access-denied' });
    const both = await Promise.allSettled([decide('wg-1', appeal), decide('wg-2', appeal, 'REJECTED')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(decide('wg-2', appeal)).rejects.toMatchObject({ code: 'appeal-state' });
  });

  it('about a domain is confirmed by a record in its DNS', async () => {
    const domain = 'shop-of-appeal.example';
    for (const id of ['isp-a', 'isp-b', 'isp-c']) {
      await memberOf(id).submit(
        reportOf(domain, { subject: { type: 'domain', value: domain }, category: 'spam-domain' }),
      );
    }
    await digUntil(federation, `${domain}.domain.z.example`, (answers) => answers.length > 0);
    const page = await file(domain);
    const text = /sekisho-appeal=[0-9a-f]{32}/.exec(await (await open(page)).text())?.[0] ?? '';
    expect(await (await open(page, { form: { action: 'dns' } })).text()).toContain('Not confirmed yet');
    dns.records.set(`_sekisho-appeal.${domain}`, [text]);
    await expect
      .poll(async () => (await open(page, { form: { action: 'dns' } })).text(), {
        timeout: 20_000,
        interval: 1_000,
      })
      .toContain('Under review');
  });

  it('of a member network is confirmed by its abuse contact, in both languages and by a button', async () => {
    const ip = '198.51.100.80';
    const dataSource = await openDatabase(database.url, { poolSize: 1 });
    await dataSource.query(`INSERT INTO event_stream (member_id, mail_address, mail_format, mail_language, updated_at)
       VALUES ('isp-d', 'abuse@isp-d.example', 'xarf', 'ja', now())`);
    await dataSource.destroy();
    await list(ip);
    const page = await file(ip, { mail: 'someone@example.com', words: 'Fixed.\nReally.' });
    expect(await (await open(page, { form: { action: 'mail' } })).text()).toContain('was asked by mail');
    // Asking again at once sends nothing more.
    await open(page, { form: { action: 'mail' } });
    expect(mail.mails.map(({ to }) => to)).toEqual(['abuse@isp-d.example']);
    const body = mail.mails[0]?.message ?? '';
    const link = /\/appeal\/confirm\/[\w-]{32}/.exec(body.replaceAll('=\r\n', ''))?.[0] ?? '';
    expect(await (await open(link)).text()).toContain('Really.');
    expect(await (await open(page)).text()).toContain('Not confirmed yet');
    expect(await (await open(link, { form: {} })).text()).toContain('Thank you');
    await decide('wg-1', await appealAbout(ip));
    await expect.poll(() => mail.mails.map(({ to }) => to)).toContain('someone@example.com');
  });
});

describe('the form of an appeal', () => {
  it('sent twice is one appeal', async () => {
    const ip = '203.0.113.73';
    await list(ip);
    const form = { subject: ip, words: 'Twice.', form: newForm(), proof: await puzzle() };
    const answers = await Promise.all([open('/appeal', { form }), open('/appeal', { form })]);
    const places = answers.map(({ headers }) => headers.get('location'));
    expect(places[0]).toMatch(/^\/appeal\/[\w-]{32}\?lang=en$/);
    expect(places[1]).toBe(places[0]);
    const again = await open('/appeal', { form: { ...form, form: newForm() } });
    expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('was used already')]);
  });

  it('takes nothing without a puzzle but from the address itself, and nothing that is not listed', async () => {
    const ip = '203.0.113.73';
    const form = { subject: ip, words: 'No puzzle.', form: newForm() };
    expect((await open('/appeal', { form })).status).toBe(403);
    expect((await open('/appeal', { form, from: ip })).status).toBe(303);
    const proof = await puzzle();
    const forged = Buffer.from(proof, 'base64')
      .toString()
      .replace(/"counter":\d+/, '"counter":1');
    const wrong = { ...form, form: newForm(), proof: Buffer.from(forged).toString('base64') };
    expect((await open('/appeal', { form: wrong })).status).toBe(403);
    const unlisted = await open('/appeal', {
      form: { ...form, subject: '203.0.113.200', form: newForm(), proof },
    });
    expect(unlisted.status).toBe(409);
    expect(await unlisted.text()).toContain('No puzzle.');
  });

  it.each(['subject', 'words', 'mail', 'form', 'proof', 'lang'])(
    'shows a script in %s as text and runs nothing',
    async (field) => {
      const attack = `"><script>alert('${field}')</script><img src=x onerror=alert(1)>`;
      const form = {
        subject: '203.0.113.73',
        words: 'x',
        mail: '',
        form: newForm(),
        proof: '',
        lang: 'en',
        [field]: attack,
      };
      const answer = await open('/appeal', { form });
      const page = await answer.text();
      expect(page.replace('<script src="/appeal/script.js" defer></script>', '')).not.toContain('<script');
      expect(page).not.toContain('<img');
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    },
  );

  it('shows a script in an accepted text as text, to the appellant and the abuse contact', async () => {
    const ip = '203.0.113.74';
    await list(ip);
    const page = await file(ip, { words: '<script>alert(1)</script>\u202e<b>' });
    const html = await (await open(page)).text();
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<b>\s*<\/blockquote|\u202e/);
    const answer = await open(page, { form: { action: 'withdraw' } });
    expect(await answer.text()).not.toContain('alert(1)');
    expect(answer.headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('has a status page for nobody but who has its address', async () => {
    expect((await open('/appeal/no-such-secret')).status).toBe(404);
    expect((await open('/appeal/confirm/no-such-code')).status).toBe(404);
  });
});
