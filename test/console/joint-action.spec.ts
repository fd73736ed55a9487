// An action from the proposal to the report, as people of four members see it, whose agents are running; the line of one of
// them is cut before it hears when to act.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { freePort, type FederationMember } from '@sekisho/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { Agents, keepLookups, reachThrough } from '../setup/agents.js';
import { barriersOf, openBrowser, openContext, settled, Watch } from './browser.js';
import { INJECTION, Stage } from './stage.js';

const IDS = ['isp-a', 'isp-b', 'isp-c', 'isp-d'] as const;
const CUT = 'isp-d';
const MINUTE_MS = 60_000;
/** Long enough to fill the form in and for the agents to be ready. */
const LEAD_MS = 12_000;
const agents = new Agents();

let stage: Stage;
let browser: Browser;
let proxy: TcpProxy;
const people = new Map<string, { readonly page: Page; readonly context: BrowserContext }>();

beforeAll(async () => {
  [stage, browser] = [await Stage.empty(), await openBrowser()];
  proxy = await TcpProxy.listen(await freePort(), Number(new URL(stage.federation.hubUrl).port));
  for (const id of IDS) await begin(id, await stage.federation.member(id));
}, 180_000);

afterAll(async () => {
  await browser.close();
  await agents[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** Its agent runs, and an officer of it is signed in. */
async function begin(id: string, member: FederationMember): Promise<void> {
  await stage.group(member);
  if (id === CUT) await reachThrough(proxy.port, member);
  await keepLookups(member);
  await agents.start(member);
  const context = await openContext(browser);
  await stage.signIn(context, { role: 'officer', member: id });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  people.set(id, { context, page });
}

function pageOf(id: string): Page {
  const page = people.get(id)?.page;
  if (!page) throw new Error(id);
  return page;
}

/** To the minute, as a field of the browser takes it, whose zone is Asia/Tokyo. */
const inTokyo = (ms: number) => new Date(ms + 9 * 60 * MINUTE_MS).toISOString().slice(0, 16);

it('is followed in the console: readiness, who acted how exactly, who did not and catches up, and what came of it', async () => {
  const page = pageOf('isp-a');
  const watch = new Watch(page, stage.origin);
  await stage.visit(page, '/actions/new');
  await page.getByLabel('Title').fill(`Snowshoe ${INJECTION}`);
  await page.getByLabel('Why').fill('One text from a whole network');
  await page.getByLabel('Subjects').fill('203.0.113.0/24');
  await page.getByRole('button', { name: 'Put it before the members' }).click();

  // The rehearsal ends by itself when the four agents have answered.
  const panel = (name: string) => page.getByRole('region', { name, exact: true });
  await panel('Rehearsal').getByText('Members whose agent has answered: 4').waitFor();
  expect(await rowsOf(panel('Rehearsal'))).toEqual([
    ['Connections', '≥ 30', '4', '–'],
    ['Senders', '≥ 10', '4', '–'],
    ['Known good', '≥ 5', '4', '–'],
  ]);
  const path = new URL(page.url()).pathname.replace('/console', '');
  for (const id of IDS) await voteYes(pageOf(id), path);

  // The page of the proposer has followed. From here on one member hears nothing.
  await page.getByLabel('Takes effect').waitFor();
  proxy.isRefusing = true;
  proxy.cut();
  const effectiveAt = Math.ceil((Date.now() + LEAD_MS) / MINUTE_MS) * MINUTE_MS;
  await page.getByLabel('Takes effect').fill(inTokyo(effectiveAt));
  await page.getByLabel('Expires').fill(inTokyo(effectiveAt + 120 * MINUTE_MS));
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();

  const badge = (text: string) => panel('Carrying out').getByText(text, { exact: true });
  await badge('Ready 3').waitFor();
  await badge('Silent 1').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  expect(Date.now()).toBeLessThan(effectiveAt);

  await badge('Applied 3').waitFor({ timeout: 2 * MINUTE_MS });
  await badge('Not acted 1').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  for (const [member, state, skew] of await rowsOf(panel('Carrying out'))) {
    expect([member, state], member).toEqual([member, member === CUT ? 'Not acted' : 'Applied']);
    if (member === CUT) expect(skew).toBe('–');
    else expect(Math.abs(secondsOf(skew)), `${String(member)} ${String(skew)}`).toBeLessThan(1);
  }

  proxy.isRefusing = false;
  await badge('Applied 4').waitFor();
  const late = (await rowsOf(panel('Carrying out'))).find(([member]) => member === CUT);
  expect(secondsOf(late?.[2])).toBeGreaterThan(0.1);

  await page.getByLabel('Reason', { exact: true }).fill('It hit a newsletter');
  await page.getByRole('button', { name: 'Take it back at all members' }).click();
  await page.getByRole('button', { name: 'Take it back now' }).click();
  await badge('Taken back 4').waitFor();
  for (const [member, , , skew] of await rowsOf(panel('Carrying out'))) {
    expect(Math.abs(secondsOf(skew)), `${String(member)} ${String(skew)}`).toBeLessThan(1);
  }

  // When all agents have counted what it did hit, the report is there.
  await panel('After-action report').waitFor();
  expect((await rowsOf(panel('Rehearsal'))).map(([measure, , rehearsed]) => [measure, rehearsed])).toEqual([
    ['Connections', '4'],
    ['Senders', '4'],
    ['Known good', '4'],
  ]);
  expect(await page.title()).not.toBe('INJECTED');
  expect(watch.take()).toEqual([]);
  await reportIsWhole(page);
}, 240_000);

async function voteYes(page: Page, path: string): Promise<void> {
  await stage.visit(page, path);
  await settled(page);
  await page.getByText('Shown when the vote is over.').waitFor();
  await page.getByRole('button', { name: 'Yes', exact: true }).click();
  await page.getByRole('button', { name: 'Cast: Yes' }).click();
  await page
    .getByText(/Your member voted: Yes|sets when it takes effect|Takes effect/)
    .first()
    .waitFor();
}

/** The cells of a panel's table, row by row. */
const rowsOf = async (panel: Locator): Promise<string[][]> =>
  panel
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.trim())),
    );

/** "0.3 sec" */
const secondsOf = (text: string | undefined): number => Number(/^(-?[\d.,]+)/.exec(text ?? '')?.[1] ?? NaN);

/** Both forms of the after-action report, reached from the page as people reach them. */
async function reportIsWhole(page: Page): Promise<void> {
  const [report] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open as a page (prints to PDF)' }).click(),
  ]);
  await report.getByRole('heading', { name: 'Who acted: 4 of 4' }).waitFor();
  const text = await report.locator('body').innerText();
  expect(text).toContain(INJECTION);
  expect(text).toContain('It hit a newsletter');
  for (const id of IDS) expect(text).toMatch(new RegExp(`${id}\\s+applied, taken back\\s+-?[\\d,]+ ms`));
  expect(await report.title()).not.toBe('INJECTED');
  expect(await barriersOf(report)).toEqual([]);
  await report.close();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'JSON', exact: true }).click(),
  ]);
  const written = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, unknown>;
  expect(written).toMatchObject({
    ...{ end: 'rolled-back', endReason: 'It hit a newsletter', isApproved: true },
    participation: { members: 4, applied: 4, vetoed: 0, notActed: 0 },
    tally: { yes: 4, no: 0 },
  });
}
