// A passkey of a real browser: Chromium with the authenticator that it has for tests, on a page of the hub.
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, Federation, requireProgram, type TestDatabase } from '@sekisho/testing';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let browser: Browser;
let page: Page;
let code: string;

beforeAll(async () => {
  await requireProgram('chromium', 'chromium');
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: [] });
  const url = federation.hubUrl.replace('127.0.0.1', 'localhost');
  await federation.run('hub', { SEKISHO_PUBLIC_URL: url });
  await federation.member('isp-a');
  const operator = await openOperatorDatabase(readConfig(federation.env));
  ({ code } = await operator.people.invite(
    { memberId: 'isp-a', name: 'Hanako', role: 'officer' },
    new Date(),
  ));
  await operator.close();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  page = await (await browser.newContext()).newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  // Any page of the console will do, also the one that says that it was not built.
  await page.goto(`${url}/console/`);
});

afterAll(async () => {
  await browser.close();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/**
 * What the console does, without the console: a program of the page, as text because it is none of Node's. It runs under the
 * hub's own content security policy.
 */
const PROGRAM = `async ({ way, code }) => {
  const ask = async (method, path, body, csrf) => {
    const answer = await fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(csrf && { 'x-sekisho-csrf': csrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
  if (way === 'read') return ask('GET', '/session');
  if (way === 'leave') return ask('DELETE', '/session', undefined, (await ask('GET', '/session')).body.csrf);
  if (way === 'accept') {
    const options = (await ask('POST', '/invitations/options', { code, name: 'Hanako 花子' })).body;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const response = (await navigator.credentials.create({ publicKey })).toJSON();
    return ask('POST', '/invitations', { code, response });
  }
  const options = (await ask('POST', '/session/options', {})).body;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return ask('POST', '/session', { response: (await navigator.credentials.get({ publicKey })).toJSON() });
}`;

const inPage = (way: 'accept' | 'sign-in' | 'read' | 'leave'): Promise<unknown> =>
  page.evaluate(`(${PROGRAM})(${JSON.stringify({ way, code })})`);

it('is made for an invitation, signs in, and signs in again after a sign-out', async () => {
  const person = { person: { name: 'Hanako 花子', role: 'officer' }, member: { id: 'isp-a' } };
  expect(await inPage('accept')).toMatchObject({ status: 201, body: person });
  expect(await inPage('read')).toMatchObject({ status: 200, body: person });
  expect(await inPage('leave')).toMatchObject({ status: 204 });
  expect(await inPage('read')).toMatchObject({ status: 401 });
  expect(await inPage('sign-in')).toMatchObject({ status: 200, body: person });
  expect(await inPage('read')).toMatchObject({ status: 200, body: person });
});

it('leaves a cookie that the page cannot read', async () => {
  expect(await page.evaluate('document.cookie')).toBe('');
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'sekisho_session', httpOnly: true, sameSite: 'Strict' });
});

it('runs under a policy that stops a script written into the page', async () => {
  const ran = await page.evaluate(`(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "written into the page"';
    document.body.append(script);
    return document.title;
  })()`);
  expect(ran).not.toBe('written into the page');
});
