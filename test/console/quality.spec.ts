// Whether scores keep their word, and what became of one's own reports: as people see both, and take them away as files.
import { MODEL_VERSION } from '@sekisho/reputation';
import { execute } from '@sekisho/testing';
import type { Browser, Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf, openBrowser, openContext, outsideOf, SCREENSHOTS, settled, Watch } from './browser.js';
import { Scene } from './scene.js';

const accuracy = { rate: 0.031, brier: 0.0412, brierOfConstant: 0.03 };
const bin = (from: number, to: number, came: number) => ({
  ...{ from, to, forecasts: 1_234, foretold: (from + to) / 200, came },
  ...{ cameLow: came * 0.8, cameHigh: came * 1.1, cameByAnother: came / 2 },
});
const MEASUREMENTS = [
  {
    ...{ modelVersion: MODEL_VERSION, forecasts: 3_702, anyMember: accuracy, anotherMember: accuracy },
    bins: [bin(0, 9, 0.011), bin(10, 69, 0.22), bin(70, 100, 0.634)],
  },
  {
    ...{ modelVersion: 'learned-1', forecasts: 3_000, anyMember: accuracy, anotherMember: accuracy },
    inForce: { anyMember: 0.0824, anotherMember: 0.0206 },
    bins: [bin(0, 100, 0.031)],
  },
];
const CHANNELS = [
  {
    ...{ category: 'zombie', evidence: 'trap', reported: 1_200, checked: 400, refuted: 1 },
    confirmation: { confirmed: 300, unknown: 99, share: 0.75, shareLow: 0.705, shareHigh: 0.79 },
  },
  { reported: 7, checked: 7, refuted: 0 },
];

let scene: Scene;
let browser: Browser;
beforeAll(async () => {
  [scene, browser] = [await Scene.open(), await openBrowser()];
}, 300_000);
afterAll(async () => {
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

async function measure(): Promise<void> {
  await execute(
    scene.database.url,
    `INSERT INTO model_quality VALUES (date_trunc('day', now()), '${JSON.stringify(MEASUREMENTS)}') ON CONFLICT DO NOTHING`,
    `INSERT INTO reporter_calibration VALUES ('isp-owner', date_trunc('day', now()), '${JSON.stringify(CHANNELS)}')
     ON CONFLICT DO NOTHING`,
  );
}

async function saved(page: Page, panel: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('region', { name: panel }).getByRole('button').first().click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

const TITLES = {
  en: { quality: 'Do the scores keep their word?', calibration: 'My calibration' },
  ja: { quality: 'スコアは予測どおりか', calibration: '自社の通報の精度' },
} as const;

it('before anything is measured both pages say so', { timeout: 300_000 }, async () => {
  const context = await openContext(browser);
  await scene.signIn(context, { role: 'officer' });
  const page = await context.newPage();
  await scene.visit(page, '/statistics');
  await page.getByText('Nothing is measured yet').waitFor();
  await scene.visit(page, '/reports');
  await page.getByText('No report of yours has been looked at yet').waitFor();
  await context.close();
});

describe.each([
  { language: 'en', theme: 'light', width: 1_280 },
  { language: 'ja', theme: 'dark', width: 375 },
] as const)('in $language, $theme, at $width pixels', (look) => {
  it('both are shown, fit, are accessible and can be taken away', { timeout: 300_000 }, async () => {
    await measure();
    const context = await openContext(browser, look);
    await scene.signIn(context, { language: look.language, role: 'officer' });
    const page = await context.newPage();
    const watch = new Watch(page, scene.origin, []);
    const faults: string[] = [];
    const files: string[] = [];
    for (const [path, name] of [
      ['/statistics', 'quality'],
      ['/reports', 'calibration'],
    ] as const) {
      await scene.visit(page, path);
      const panel = page.getByRole('region', { name: TITLES[look.language][name] });
      await panel.getByRole('group').getByRole('table').first().waitFor();
      await settled(page);
      await page.screenshot({
        path: join(SCREENSHOTS, `${name}-${look.language}-${look.theme}-${String(look.width)}.png`),
        fullPage: true,
      });
      faults.push(...(await outsideOf(page)), ...(await barriersOf(page)), ...watch.take());
      // What is wider than the page is reached by the keyboard.
      expect(await panel.getByRole('group').first().getAttribute('tabindex')).toBe('0');
      files.push(await saved(page, TITLES[look.language][name]));
    }
    expect(faults).toEqual([]);
    expect(files[0]?.split('\r\n')[2]).toBe('10..69,0.395,0.22,0.176..0.242,0.11,1234');
    expect(files[1]?.split('\r\n').slice(1, 3)).toEqual([
      'zombie,trap,1200,400,300,1,99,0.75,0.705..0.79',
      ',,7,7,,0,,,',
    ]);
    await context.close();
  });
});

it(
  'a model in shadow stands beside the one in force, in words of how it did',
  { timeout: 300_000 },
  async () => {
    await measure();
    for (const { language, inForce, inShadow, words } of [
      {
        language: 'en',
        inForce: 'In force',
        inShadow: 'In shadow',
        words: [
          '0.082; this model is 50 % lower, which is better',
          '0.021; this model is 100 % higher, which is worse',
        ],
      },
      {
        language: 'ja',
        inForce: '使用中',
        inShadow: '並行評価中',
        words: [
          '0.082（このモデルは 50 % 小さく、優れています）',
          '0.021（このモデルは 100 % 大きく、劣ります）',
        ],
      },
    ] as const) {
      const context = await openContext(browser);
      await scene.signIn(context, { language, role: 'officer' });
      const page = await context.newPage();
      await scene.visit(page, '/statistics');
      const models = page.getByRole('region', { name: TITLES[language].quality }).getByRole('region');
      await models.nth(1).waitFor();
      expect(await models.count()).toBe(2);
      expect(await models.nth(0).textContent()).toContain(inForce);
      const shadow = await models.nth(1).textContent();
      for (const word of [inShadow, 'learned-1', ...words]) expect(shadow).toContain(word);
      await context.close();
    }
  },
);

it('the curve says in words what it draws', { timeout: 300_000 }, async () => {
  await measure();
  const context = await openContext(browser);
  await scene.signIn(context, { role: 'officer' });
  const page = await context.newPage();
  await scene.visit(page, '/statistics');
  const panel = page.getByRole('region', { name: TITLES.en.quality });
  await panel.getByRole('img', { name: `Foretold and come, model ${MODEL_VERSION}` }).waitFor();
  expect(await panel.locator('canvas').count()).toBe(MEASUREMENTS.length);
  expect(await panel.getByRole('row', { name: /70–100/ }).textContent()).toContain('63.4 %');
  await context.close();
});

describe('what became of another member’s reports', () => {
  it(
    'is told to the operator on the page of members, with whom it is one voice with left out',
    { timeout: 300_000 },
    async () => {
      await measure();
      await execute(
        scene.database.url,
        `INSERT INTO member_voice SELECT 'isp-owner', id, id, 0.812, now() - interval '1 day' FROM member
       WHERE id <> 'isp-owner' ORDER BY id LIMIT 1 ON CONFLICT DO NOTHING`,
      );
      const context = await openContext(browser);
      await scene.signIn(context, { role: 'operator' });
      const page = await context.newPage();
      await scene.visit(page, '/members');
      await page.getByRole('button', { name: 'isp-owner', exact: true }).click();
      const panel = page.getByRole('region', { name: 'Calibration of isp-owner' });
      await panel.getByRole('row', { name: /Zombie/i }).waitFor();
      expect(await panel.textContent()).toContain('81.2 %');
      await settled(page);
      expect([...(await outsideOf(page)), ...(await barriersOf(page))]).toEqual([]);
      // Its address is that of this panel.
      await page.reload();
      await panel.getByRole('button', { name: 'Close' }).click();
      await panel.waitFor({ state: 'detached' });
      await context.close();
    },
  );

  it('is told to no member', { timeout: 300_000 }, async () => {
    const context = await openContext(browser);
    await scene.signIn(context, { role: 'officer' });
    const page = await context.newPage();
    await scene.visit(page, '/members?calibration=isp-reviewer');
    await page.getByText('isp-reviewer').first().waitFor();
    expect(await page.getByRole('region', { name: /Calibration of/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'isp-reviewer', exact: true }).count()).toBe(0);
    await context.close();
  });
});
