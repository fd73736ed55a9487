// Debian's Chromium over the running hub, with an eye on what a page must never do.
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

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

const EVERY_LOOK: readonly Look[] = (['en', 'ja'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    ([375, 1280] as const).map((width) => ({ language, theme, width })),
  ),
);
const isAmong = ({ language, theme, width }: Look): boolean =>
  (language === 'ja') === ((theme === 'light') === (width === 1280));
/** Half of them, in which each two of language, theme and width meet; all eight with `EVERY_LOOK=1`. */
export const LOOKS = process.env['EVERY_LOOK'] === '1' ? EVERY_LOOK : EVERY_LOOK.filter(isAmong);

export const openContext = (browser: Browser, look: Partial<Look> = {}): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.width === 375 ? 812 : 800 },
    colorScheme: look.theme ?? 'light',
    locale: look.language === 'ja' ? 'ja-JP' : 'en-GB',
    timezoneId: 'Asia/Tokyo',
  });

/** Collects what no page may do: errors in the console (a broken policy is one), scripts that throw, other hosts. */
export class Watch {
  private faults: string[] = [];

  constructor(
    page: Page,
    hubUrl: string,
    /** What the test itself brings about. */
    private readonly expected: readonly RegExp[] = [],
  ) {
    const { host } = new URL(hubUrl);
    page.on('console', (message) => {
      const isPolicy = /Content.Security.Policy/i.test(message.text());
      if (message.type() === 'error' || isPolicy) this.note(message.text());
    });
    page.on('pageerror', (error) => {
      this.note(error.stack ?? error.message);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.host !== host) {
        this.note(`asked ${url.href}`);
      }
    });
  }

  /** What was noticed since the last time. */
  take(): string[] {
    const { faults } = this;
    this.faults = [];
    return faults;
  }

  private note(text: string): void {
    if (!this.expected.some((pattern) => pattern.test(text))) this.faults.push(text);
  }
}

/** What is wider than the window; nothing may be. */
export async function outsideOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    const outside = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    );
    return outside.slice(0, 5).map((element) => `too wide: ${element.outerHTML.slice(0, 160)}`);
  });
}

/** What axe finds; nothing may be. */
export async function barriersOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
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
