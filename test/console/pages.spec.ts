// Every page as people see it: in both languages, both themes and two widths. The screenshots stay for people to look at.
import { appealsQuery } from '@sekisho/client';
import type { Browser, Page } from 'playwright-core';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  barriersOf,
  outsideOf,
  LOOKS,
  openBrowser,
  openContext,
  SCREENSHOTS,
  settled,
  Watch,
} from './browser.js';
import { FORGED, LISTED, OWNED, Scene } from './scene.js';
import { INJECTION } from './stage.js';

/** Pages with a field that narrows a list. */
const FILTERED = [
  ...[
    '/',
    '/lookup',
    '/listings',
    '/campaigns',
    '/alerts',
    '/cases',
    '/networks',
    '/appeals',
    '/actions',
    '/members',
  ],
];

let scene: Scene;
let browser: Browser;
let pages: readonly (readonly [name: string, path: string])[];

beforeAll(async () => {
  [scene, browser] = [await Scene.open(), await openBrowser()];
  const actions = await scene.furnish();
  const session = await scene.owner.session();
  const { appeals } = await (await scene.reviewer.session()).call(appealsQuery, { first: 10, state: null });
  const appealOf = (subject: string) =>
    appeals.edges.find(({ node }) => node.subject === subject)?.node.id ?? '';
  const [campaign] = await session.campaigns({ first: 1 });
  const alert = (await session.alerts({ first: 10, openOnly: true })).find(
    ({ subject }) => subject === OWNED.toFix,
  );
  pages = [
    ['overview', '/'],
    ['lookup', `/lookup?subject=${LISTED}`],
    ['lookup-domain', `/lookup?subject=${FORGED}`],
    ['lookup-nothing', '/lookup?subject=192.0.2.77'],
    ['listings', '/listings'],
    ['listings-filtered', '/listings?category=ZOMBIE&type=ip&sort=subject.asc'],
    ['listings-nothing', '/listings?q=nothing-matches'],
    ['campaigns', '/campaigns'],
    ['campaign', `/campaigns/${campaign?.id ?? ''}`],
    ['alerts', '/alerts'],
    ['alert', `/alerts/${alert?.id ?? ''}`],
    ['cases', '/cases'],
    ['records', '/cases?list=records'],
    ['reports', '/reports'],
    ['networks', '/networks'],
    ['network-claims', '/networks?list=claims'],
    ['appeals', '/appeals'],
    ['appeals-all', '/appeals?state=all'],
    ['appeal', `/appeals/${appealOf('203.0.113.60')}`],
    ['appeal-released', `/appeals/${appealOf('203.0.113.62')}`],
    ['actions', '/actions'],
    ['action-new', '/actions/new'],
    ['action-draft', `/actions/${actions.draft}`],
    ['action-edit', `/actions/${actions.draft}/edit`],
    ['action-emergency', `/actions/${actions.emergency}`],
    ['action-scheduled', `/actions/${actions.scheduled}`],
    ['members', '/members'],
    ['standing', '/members?list=standing'],
    ['conduct', '/conduct'],
    ['people', '/people'],
    ['statistics', '/statistics'],
    ['health', '/health'],
    ['settings', '/settings'],
    ['not-found', '/no-such-page'],
  ];
  console.log(`screenshots: ${SCREENSHOTS}`);
}, 300_000);

afterAll(async () => {
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

describe.each(LOOKS)('in $language, $theme, at $width pixels', (look) => {
  const { language, theme, width } = look;

  /** Opens each page, takes its picture, and tells what is wrong with any of them. */
  async function faultsOf(page: Page, shown: typeof pages, expected: readonly RegExp[]): Promise<string[]> {
    const watch = new Watch(page, scene.origin, expected);
    const faults: string[] = [];
    for (const [name, path] of shown) {
      await scene.visit(page, path);
      await settled(page);
      await page.screenshot({
        path: join(SCREENSHOTS, `${name}-${language}-${theme}-${width}.png`),
        fullPage: true,
      });
      const found = [...(await outsideOf(page)), ...(await barriersOf(page)), ...watch.take()];
      // Titles of actions are titles of their pages, as the text that they are.
      if ((await page.title()) === 'INJECTED') found.push('a text of others was run');
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    return faults;
  }

  it(
    'every page fits, is accessible, breaks no policy and asks nobody else',
    { timeout: 900_000 },
    async () => {
      const context = await openContext(browser, look);
      await scene.signIn(context, { language, role: 'officer' });
      const page = await context.newPage();
      expect(await faultsOf(page, pages, [])).toEqual([]);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await context.close();
    },
  );

  it('so do the doors: signing in and accepting an invitation', { timeout: 300_000 }, async () => {
    const context = await openContext(browser, look);
    const doors = [
      ['sign-in', '/'],
      ['invitation', '/invitation?code=abc'],
    ] as const;
    // That nobody is signed in is told by a status.
    expect(await faultsOf(await context.newPage(), doors, [/status of 401/])).toEqual([]);
    await context.close();
  });
});

describe('texts of others', () => {
  it(
    'are shown as texts, whatever they hold, on pages and in what is typed',
    { timeout: 300_000 },
    async () => {
      const context = await openContext(browser);
      await scene.signIn(context);
      const page = await context.newPage();
      const watch = new Watch(page, scene.origin, [/status of 400/]);
      for (const path of FILTERED) {
        await scene.visit(page, path);
        await settled(page);
        for (const field of await page.locator('main input[type="search"]').all())
          await field.fill(INJECTION);
        expect(await page.title()).not.toContain('INJECTED');
        expect(await page.locator('img[src="x"]').count()).toBe(0);
      }
      await page.locator('#quick-lookup').fill(INJECTION);
      await page.keyboard.press('Enter');
      await page.getByText('Not an address, network, domain or hash').first().waitFor();
      expect(await page.title()).not.toContain('INJECTED');
      expect(watch.take()).toEqual([]);
      await context.close();
    },
  );
});
