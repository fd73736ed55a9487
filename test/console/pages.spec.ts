// Every page as people see it: in both languages, both themes and two widths. The screenshots stay for people to look at.
import type { Browser } from 'playwright-core';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  LOOKS,
  openBrowser,
  openContext,
  SCREENSHOTS,
  settled,
  Watch,
} from './browser.js';
import { FORGED, INJECTION, LISTED, OWNED, Scene } from './scene.js';

let scene: Scene;
let browser: Browser;
let pages: readonly (readonly [name: string, path: string])[];

beforeAll(async () => {
  [scene, browser] = [await Scene.open(), await openBrowser()];
  const session = await scene.owner.session();
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
    ['members', '/members'],
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

  it(
    'every page fits, is accessible, breaks no policy and asks nobody else',
    { timeout: 600_000 },
    async () => {
      const context = await openContext(browser, look);
      await scene.signIn(context, { language });
      const page = await context.newPage();
      const watch = new Watch(page, scene.federation.hubUrl);
      for (const [name, path] of pages) {
        await scene.visit(page, path);
        await settled(page);
        await page.screenshot({
          path: join(SCREENSHOTS, `${name}-${language}-${theme}-${String(width)}.png`),
          fullPage: true,
        });
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        expect([name, await page.title()]).not.toEqual([name, expect.stringContaining('INJECTED')]);
        expect([name, ...watch.faults]).toEqual([name]);
      }
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await context.close();
    },
  );

  it('the doors do too: signing in and accepting an invitation', { timeout: 120_000 }, async () => {
    const context = await openContext(browser, look);
    const page = await context.newPage();
    const watch = new Watch(page, scene.federation.hubUrl);
    watch.expected.push(/status of 401/);
    for (const [name, path] of [
      ['sign-in', '/'],
      ['invitation', '/invitation?code=abc'],
    ] as const) {
      await scene.visit(page, path);
      await settled(page);
      await page.screenshot({
        path: join(SCREENSHOTS, `${name}-${language}-${theme}-${String(width)}.png`),
        fullPage: true,
      });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      expect([name, ...watch.faults]).toEqual([name]);
    }
    await context.close();
  });
});

describe('texts of others', () => {
  it(
    'are shown as texts, whatever they hold, on pages and in what is typed',
    { timeout: 120_000 },
    async () => {
      const context = await openContext(browser);
      await scene.signIn(context);
      const page = await context.newPage();
      const watch = new Watch(page, scene.federation.hubUrl);
      for (const path of ['/', '/lookup', '/listings', '/campaigns', '/alerts', '/cases', '/members']) {
        await scene.visit(page, path);
        await settled(page);
        for (const field of await page.locator('input[type="search"]').all()) {
          await field.fill(INJECTION);
          await field.press('Enter');
        }
        await settled(page);
        await page.waitForLoadState('networkidle');
        expect(await page.title()).not.toContain('INJECTED');
        expect(await page.locator('img[src="x"]').count()).toBe(0);
      }
      await scene.visit(page, `/lookup?subject=${encodeURIComponent(INJECTION)}`);
      await page.getByText('Not an address, network, domain or hash').first().waitFor();
      expect(await page.title()).not.toContain('INJECTED');
      watch.faults.splice(
        0,
        watch.faults.length,
        ...watch.faults.filter((text) => !/status of 400/.test(text)),
      );
      expect(watch.faults).toEqual([]);
      await context.close();
    },
  );
});
