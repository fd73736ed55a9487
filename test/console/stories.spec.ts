// What people come to the console for, done by hand in a browser, and judged by what the hub then says.
import type { Browser, Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, reportOf } from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf, openBrowser, openContext, settled, Watch } from './browser.js';
import { LISTED, OWNED, Scene } from './scene.js';
import { INJECTION } from './stage.js';

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  [scene, browser] = [await Scene.open(), await openBrowser()];
}, 300_000);

afterAll(async () => {
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

async function opened(path: string, role: 'reviewer' | 'abuse-desk' | 'mail-operator' = 'reviewer') {
  const context = await openContext(browser);
  const person = await scene.signIn(context, { role });
  const page = await context.newPage();
  const watch = new Watch(page, scene.origin);
  await scene.visit(page, path);
  await settled(page);
  return { context, page, watch, person };
}

const alertOf = async (subject: string) =>
  (await (await scene.owner.session()).alerts({ first: 10, openOnly: false })).find(
    (alert) => alert.subject === subject,
  );
const keyFile = () => join(scene.owner.directory, 'encryption.jwk');
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

describe('the abuse desk', () => {
  it('opens sealed evidence with a key that stays in the browser, and answers the alert: fixed', async () => {
    const { context, page, watch } = await opened('/alerts', 'abuse-desk');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.getByRole('link', { name: OWNED.toFix }).click();
    await page.locator('input[type="file"]').setInputFiles(keyFile());
    await page.getByRole('button', { name: 'Open the evidence' }).click();
    await page.getByText('note 0').waitFor();
    expect(await page.locator('.piece').count()).toBe(3);
    expect(await page.getByText('40000', { exact: true }).count()).toBe(1);
    expect(await page.title()).not.toContain('INJECTED');
    expect(await barriersOf(page)).toEqual([]);
    const { d } = JSON.parse(await readFile(keyFile(), 'utf8')) as { d: string };
    expect(sent.filter((text) => text.includes(d))).toEqual([]);

    // Twice at once: one answer.
    await page.getByRole('button', { name: 'Fixed' }).dblclick();
    await page.getByText('being observed').waitFor();
    expect(await alertOf(OWNED.toFix)).toMatchObject({ state: 'observing', failedFixes: 0 });
    await page.goBack();
    await settled(page);
    await page.goForward();
    await page.getByText('being observed').waitFor();
    expect(watch.take()).toEqual([]);
    await context.close();
  });

  it('keeps an opening key between visits only when told to, and never so that it could be taken out', async () => {
    const { context, page } = await opened('/alerts', 'abuse-desk');
    await page.getByRole('link', { name: OWNED.toFix }).click();
    await page.getByLabel('Keep the key in this browser').check();
    await page.locator('input[type="file"]').setInputFiles(keyFile());
    await page.getByText('Key ready').waitFor();
    await page.reload();
    await page.getByText('Key ready').waitFor();
    const isExtractable = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('sekisho');
          opening.onsuccess = () => {
            const all = opening.result.transaction('opening-keys').objectStore('opening-keys').getAll();
            all.onsuccess = () => {
              resolve((all.result as { key: CryptoKey }[]).map(({ key }) => key.extractable));
            };
          };
        }),
    );
    expect(isExtractable).toEqual([false]);
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.reload();
    await page.getByLabel("Your member's encryption.jwk").waitFor();
    await context.close();
  });

  it('sees a listing appear without doing anything', async () => {
    const { context, page } = await opened('/listings', 'abuse-desk');
    await page.getByRole('searchbox', { name: 'Part of an address' }).fill('203.0.113.200');
    await page.getByText('Nothing matches').waitFor();
    await Promise.all(scene.reporters.map((member) => member.submit(reportOf('203.0.113.200'))));
    await page.getByRole('link', { name: '203.0.113.200' }).waitFor({ timeout: 30_000 });
    expect(new URL(page.url()).search).toBe('?q=203.0.113.200');
    await context.close();
  });

  it('finds the reports that were refused, and takes one back', async () => {
    const { context, page } = await opened('/reports', 'abuse-desk');
    await page.getByRole('table', { name: 'Reports sent' }).getByRole('button').last().click();
    await page.getByText('Too old').waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Really take back' }).click();
    await page.getByText('taken back').waitFor();
    await context.close();
  });

  it('exports what is shown, and no cell of it is a formula', async () => {
    const { context, page } = await opened('/members', 'abuse-desk');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('sekisho-members.csv');
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toContain(INJECTION.replaceAll('"', '""'));
    // A line for each of five members, the header, and the end.
    expect(text.split('\r\n')).toHaveLength(7);
    await context.close();
  });
});

describe('roles', () => {
  it('open only the pages that they may: mail operators have no inbox of alerts', async () => {
    const { context, page } = await opened('/', 'mail-operator');
    const navigation = page.getByRole('navigation', { name: 'Pages' });
    expect(await navigation.getByRole('link', { name: 'Alerts' }).count()).toBe(0);
    expect(await navigation.getByRole('link', { name: 'Listings' }).count()).toBe(1);
    await scene.visit(page, '/alerts');
    await page.getByText('not for your role').waitFor();
    await context.close();
  });
});

describe('the keyboard alone', () => {
  it('looks up, walks a list and goes from page to page', async () => {
    const { context, page } = await opened('/');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('/');
    await page.keyboard.type(LISTED);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: LISTED }).waitFor();
    expect(await focused(page)).toBe('Lookup');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Listings' }).waitFor();
    await settled(page);
    const rows = page.getByRole('table').locator('[data-index] a');
    await rows.first().focus();
    const [first, second] = [await rows.nth(0).textContent(), await rows.nth(1).textContent()];
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page)).toBe(second);
    await page.keyboard.press('Home');
    await expect.poll(() => focused(page)).toBe(first);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: first ?? '' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await context.close();
  });
});

describe('choices', () => {
  it('of language, theme and times are kept, and the hub is told the language', async () => {
    const { context, page, person } = await opened('/settings');
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByLabel('Times').selectOption('UTC');
    await page.getByLabel('Language').selectOption('ja');
    await page.getByRole('heading', { name: '設定' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '設定' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await expect
      .poll(async () => {
        const session = await context.request.get(scene.url('/session'));
        return ((await session.json()) as { person: { id: string; language: string } }).person;
      })
      .toMatchObject({ id: person.personId, language: 'ja' });
    await context.close();
  });
});

/** A device with a passkey of its own, whose owner always agrees. */
async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    },
  });
}

describe('how a member is told of events', () => {
  it('is said in the settings, and ended only when that is meant', async () => {
    const { context, page, watch } = await opened('/settings', 'abuse-desk');
    const mail = page.getByRole('region', { name: 'By mail' });
    const push = page.getByRole('region', { name: 'By push' });
    const state = page.getByRole('region', { name: 'How your member is told' });
    expect(await page.getByRole('button', { name: /^End the/ }).count()).toBe(0);
    await mail.getByLabel('Address of the abuse desk').fill('abuse@isp-owner.example');
    await mail.getByRole('button', { name: 'Save' }).click();
    await state.getByText('abuse@isp-owner.example').waitFor();
    await push.getByLabel('Endpoint').fill('https://abuse.isp-owner.example/events');
    await push.getByRole('button', { name: 'Save' }).click();
    await state.getByText('https://abuse.isp-owner.example/events').waitFor();
    for (const [way, end] of [
      [mail, 'End the mail'],
      [push, 'End the push'],
    ] as const) {
      await way.getByRole('button', { name: end }).click();
      expect(await barriersOf(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: end }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await way.getByRole('button', { name: end }).waitFor({ state: 'detached' });
    }
    await state.getByText('no mail').waitFor();
    await state.getByText('none: your receiver asks').waitFor();
    expect(watch.take()).toEqual([]);
    await context.close();
  });
});

describe('a session that ends under somebody’s hands', () => {
  it('takes nothing away: what was typed stays, and is sent after signing in again', async () => {
    const operator = await openContext(browser);
    await scene.signIn(operator, { role: 'operator' });
    const inviting = await operator.newPage();
    await scene.visit(inviting, '/people');
    await settled(inviting);
    await inviting.getByLabel('Name', { exact: true }).fill('Officer 責任者');
    await inviting.locator('form').getByLabel('Role').selectOption('officer');
    await inviting.getByLabel('Member id').fill('isp-owner');
    await inviting.getByRole('button', { name: 'Make an invitation' }).click();
    const link = await inviting.locator('.note.good code').textContent();
    await operator.close();

    const context = await openContext(browser);
    const page = await context.newPage();
    await addAuthenticator(page);
    await page.goto(link ?? '');
    await page.getByLabel('Your name').fill('Officer 責任者');
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    await scene.visit(page, '/people');
    await settled(page);
    await page.getByLabel('Name', { exact: true }).fill('Typed before it ended');
    await execute(scene.database.url, 'DELETE FROM person_session');
    await page.getByRole('button', { name: 'Make an invitation' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await barriersOf(page)).toEqual([]);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Typed before it ended');
    await dialog.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('Hand this link to the person').waitFor();
    expect(await dialog.count()).toBe(0);

    // A live page notices at the next change, and goes on with what it missed.
    await scene.visit(page, '/actions');
    await settled(page);
    const members = await scene.group(scene.reviewer);
    const propose = (title: string) =>
      members.command('propose', {
        input: { kind: 'JOINT_THROTTLE', title, reason: 'x', subjects: ['203.0.113.9'] },
      });
    await execute(scene.database.url, 'DELETE FROM person_session');
    await propose('While the session was over');
    await dialog.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('link', { name: 'While the session was over' }).waitFor();
    await propose('After it was renewed');
    await page.getByRole('link', { name: 'After it was renewed' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await context.close();
  });
});

describe('the working group', () => {
  it('gets a proposal once, also when it is sent twice, and not again by going back', async () => {
    const { context, page } = await opened('/actions');
    await page.getByRole('link', { name: 'Propose an action' }).click();
    await page.getByLabel('Title').fill(`List them ${INJECTION}`);
    await page.getByLabel('Why').fill('Seen by three members');
    await page.getByLabel('Subjects').fill('203.0.113.7\n203.0.113.8');
    await page.getByRole('button', { name: 'Put it before the members' }).dblclick();
    // Until then the form is there, with the same words in it.
    await page.getByRole('heading', { level: 1, name: 'List them' }).waitFor();
    await page.getByText('Seen by three members').first().waitFor();
    await settled(page);
    expect(await barriersOf(page)).toEqual([]);
    await page.getByLabel('Comment').fill(INJECTION);
    await page.getByRole('button', { name: 'Add the comment' }).click();
    await expect.poll(() => page.getByLabel('Comment').inputValue()).toBe('');
    // Titles of actions are titles of their pages: as the text that they are.
    expect(await page.title()).toContain(`List them ${INJECTION}`);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.goBack();
    await settled(page);
    expect(new URL(page.url()).pathname).toBe('/console/actions');
    // The list as it was known is shown until the hub has answered.
    const rows = page.getByRole('table').locator('[data-index]').filter({ hasText: 'List them' });
    await expect.poll(() => rows.count()).toBe(1);
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await context.close();
  });
});
