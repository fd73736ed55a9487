// Debian's Chromium over the running hub, with an eye on what a page must never do.
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
/** Kept for people to look at; git ignores them. */
export const SCREENSHOTS = join(import.meta.dirname, 'screenshots');

/** Without these Chromium speaks to its maker at every start. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: install the package chromium`);
  await mkdir(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface Look {
  readonly language: 'en' | 'ja';
  readonly theme: 'light' | 'dark';
  readonly width: 375 | 1280;
}

export const LOOKS: readonly Look[] = (['en', 'ja'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    ([375, 1280] as const).map((width) => ({ language, theme, width })),
  ),
);

export const openContext = (browser: Browser, look: Partial<Look> = {}): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.width === 375 ? 812 : 800 },
    colorScheme: look.theme ?? 'light',
    locale: look.language === 'ja' ? 'ja-JP' : 'en-GB',
    timezoneId: 'Asia/Tokyo',
  });

/** Collects what no page may do: errors in the console (a broken policy is one), scripts that throw, other hosts. */
export class Watch {
  readonly faults: string[] = [];
  /** Answers that the test itself brings about. */
  readonly expected: RegExp[] = [];

  constructor(page: Page, hubUrl: string) {
    const { host } = new URL(hubUrl);
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text()))
        this.note(message.text());
    });
    page.on('pageerror', (error) => {
      this.note(String(error.stack));
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.host !== host)
        this.note(`asked ${url.href}`);
    });
  }

  private note(text: string): void {
    if (!this.expected.some((pattern) => pattern.test(text))) this.faults.push(text);
  }
}

/** No wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    const outside = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    );
    return scrollWidth > window.innerWidth
      ? outside.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))
      : [];
  });
  expect(excess).toEqual([]);
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, help, nodes }) => ({
    ...{ id, help },
    at: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`),
  }));
  expect(told).toEqual([]);
}

/** All that was asked for has come, and nothing says that it is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1');
  await page.waitForFunction(
    () =>
      document.querySelector('.note.loading') === null &&
      document.querySelector('[aria-busy="true"]') === null,
  );
}
