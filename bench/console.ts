// What a first visit of the console loads, and how long a person waits for a list of 100,000 listings: from the key or the
// click to the next frame that is drawn, as the browser's own Event Timing says (the figure behind "interaction to next
// paint"). The real console in Debian's Chromium, over a hub on loopback.
//   npm run bench:console -- --listings 100000
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { Federation } from '@sekisho/testing';
import { chromium, type Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startBenchDatabase } from '#harness/database';
import { inFull, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';

const { values } = parseArgs({ options: { listings: { type: 'string', default: '100000' } } });
const listings = Number(values.listings);

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly isEntry?: boolean;
}

const DIST = new URL('../apps/console/dist/', import.meta.url);

/** Compressed bytes of an entry with all that it imports at once. */
async function bytesOf(keys: readonly string[]): Promise<{ script: number; style: number }> {
  const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', DIST), 'utf8')) as Record<
    string,
    Chunk
  >;
  const files = new Set<string>();
  const add = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const key of keys) add(key);
  const total = { script: 0, style: 0 };
  for (const file of files) {
    const { length } = gzipSync(await readFile(new URL(file, DIST)), { level: 9 });
    total[file.endsWith('.css') ? 'style' : 'script'] += length;
  }
  return total;
}

/** The longest interaction while `act` runs. */
async function waited(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const store = globalThis as unknown as { durations: number[] };
    store.durations = [];
  });
  await act();
  await page.waitForTimeout(1_500);
  const durations = await page.evaluate(() => (globalThis as unknown as { durations: number[] }).durations);
  return Math.max(0, ...durations);
}

console.log(describeMachine());
const rows: string[][] = [];
for (const page of ['overview', 'listings', 'lookup', 'alerts']) {
  const { script, style } = await bytesOf(['index.html', `src/pages/${page}.tsx`]);
  rows.push([
    `first visit at ${page}`,
    `${inFull(Math.round(script / 1_000))} kB script`,
    `${inFull(Math.round(style / 1_000))} kB style`,
  ]);
}
printTable(['loads, gzip', 'script', 'style'], rows);

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, { processes: [] });
// A session belongs to a name, as passkeys do.
const origin = federation.hubUrl.replace('127.0.0.1', 'localhost');
await federation.run('hub', { SEKISHO_PUBLIC_URL: origin });
await federation.member('isp-a');
await database.query(
  `INSERT INTO reputation (subject, subject_type, score, listed, confidence, recommendation, member_count, categories,
     explanation, first_seen, last_seen, expires_at, scored_at)
   SELECT format('%s.%s.%s.%s', 5 + i / 16777216, (i / 65536) % 256, (i / 256) % 256, i % 256), 'ip', 70 + i % 30, true,
     40 + i % 60, 'REJECT', 3, '[{"category":"zombie","score":90,"listed":true}]', '[]', now() - interval '1 day', now(),
     now() + interval '7 days', now()
   FROM generate_series(1, $1::int) AS i`,
  [listings],
);
const operator = await openOperatorDatabase(readConfig(federation.env));
const { code } = await operator.people.addForDemo(
  { memberId: 'isp-a', name: 'Bench', role: 'reviewer', language: 'en' },
  new Date(),
);
await operator.close();

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await context.request.get(`${origin}/demo/sign-in?code=${code}`);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const store = globalThis as unknown as { durations: number[] };
    store.durations = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) store.durations.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as never);
  });
  const start = performance.now();
  await page.goto(`${origin}/console/listings`);
  await page.locator('[data-index="0"]').waitFor();
  const firstMs = performance.now() - start;
  await page.getByText(`Entries: ${listings.toLocaleString('en-GB')}`).waitFor({ timeout: 300_000 });
  await page.waitForSelector('[aria-busy="false"]', { timeout: 300_000 });
  const allMs = performance.now() - start;
  const search = page.getByRole('searchbox', { name: 'Part of an address' });
  const figures: [string, number][] = [
    ['first rows', firstMs],
    ['all rows', allMs],
    [
      'type 5 characters into the filter',
      await waited(page, () => search.pressSequentially('5.1.2', { delay: 120 })),
    ],
    ['clear the filter', await waited(page, () => search.fill(''))],
    [
      'choose a category',
      await waited(page, async () => {
        await page.getByLabel('Category').focus();
        // The one that the listings have, by its first letter.
        await page.keyboard.press('z');
      }),
    ],
    ['sort by score', await waited(page, () => page.getByRole('button', { name: 'Score' }).click())],
    ['sort by subject', await waited(page, () => page.getByRole('button', { name: 'Subject' }).click())],
    [
      'arrow to the next row',
      await waited(page, async () => {
        await page.locator('[data-index] a').first().focus();
        await page.keyboard.press('ArrowDown');
      }),
    ],
    ['End of the list', await waited(page, () => page.keyboard.press('End'))],
  ];
  printTable(
    [`${inFull(listings)} listings`, 'ms'],
    figures.map(([name, ms]) => [name, inFull(Math.round(ms))]),
  );
} finally {
  await browser.close();
}
