// What people decide together, done by hand in a browser: appeals from the public page to the corrected answer of the DNS,
// proposals from the draft to the schedule, and a member's own networks.
import { appealsQuery, declaredRangesQuery, networkClaimsQuery } from '@sekisho/client';
import { dig, digUntil, nameOf } from '@sekisho/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf, openBrowser, openContext, settled, Watch } from './browser.js';
import { Scene } from './scene.js';
import { INJECTION } from './stage.js';

const RELAY = '203.0.113.70';
const BOTH = '203.0.113.71';
const CONCERNED = '203.0.113.72';

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  [scene, browser] = [await Scene.open(), await openBrowser()];
  await scene.federation.run('dns');
  await scene.federation.member('isp-second', { role: 'reviewer' });
}, 300_000);

afterAll(async () => {
  await browser.close();
  await scene[Symbol.asyncDispose]();
});

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly watch: Watch;
}

async function opened(
  path: string,
  person: Parameters<Scene['signIn']>[1],
  expected: readonly RegExp[] = [],
): Promise<Opened> {
  const context = await openContext(browser);
  await scene.signIn(context, person);
  const page = await context.newPage();
  const watch = new Watch(page, scene.origin, expected);
  await scene.visit(page, path);
  await settled(page);
  return { context, page, watch };
}

async function appealAbout(ip: string) {
  const session = await scene.reviewer.session();
  const { appeals } = await session.call(appealsQuery, { first: 100, state: null });
  return appeals.edges.find(({ node }) => node.subject === ip)?.node;
}

/** Chooses and writes, up to the question whether that is meant. */
async function prepare(page: Page, outcome: 'Uphold' | 'Reject', reason: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${outcome}`) }).check();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Decide …' }).click();
  await page.getByRole('button', { name: 'Decide, finally' }).waitFor();
}

describe('an appeal', () => {
  it('goes from the public page through a reviewer’s hands to a corrected answer of the DNS', async () => {
    await scene.list(RELAY);
    await digUntil(scene.federation, nameOf(RELAY), (answers) => answers.length > 0);

    const listed = await openContext(browser);
    const page = await listed.newPage();
    await page.goto(scene.url(`/?lang=en&subject=${RELAY}`));
    await page.locator('a[href^="/appeal"]').first().click();
    await page.getByLabel('What was done').fill(`We forward mail for customers. ${INJECTION}`);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Not confirmed yet').waitFor({ timeout: 60_000 });
    expect(await appealAbout(RELAY)).toBeUndefined();
    const reviewer = await opened('/appeals', { member: 'isp-reviewer' });
    // From here on it is the machine itself that asks.
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': RELAY });
    await page.getByRole('button', { name: 'Confirm from this address' }).click();
    await page.getByText('Under review').waitFor();

    // The queue that is open shows it by itself.
    await reviewer.page.getByRole('link', { name: RELAY }).click();
    await reviewer.page.getByText('We forward mail for customers.').waitFor();
    expect(await reviewer.page.title()).not.toContain('INJECTED');
    expect(await reviewer.page.locator('img[src="x"]').count()).toBe(0);
    await prepare(reviewer.page, 'Uphold', 'A relay of forwarded mail.');
    expect(await barriersOf(reviewer.page)).toEqual([]);
    // Twice at once: one decision.
    await reviewer.page.getByRole('button', { name: 'Decide, finally' }).dblclick();
    await reviewer.page.getByRole('heading', { name: 'Decision', exact: true }).waitFor();
    const waitedMs = await digUntil(scene.federation, nameOf(RELAY), (answers) => answers.length === 0);
    console.log(`delisted at the edge ${waitedMs.toFixed(0)} ms after the page showed the decision`);
    await reviewer.page
      .getByText(/until the slowest edge served the correction/)
      .waitFor({ timeout: 30_000 });
    expect(await reviewer.page.getByRole('heading', { name: 'Decided meanwhile' }).count()).toBe(0);
    expect(reviewer.watch.take()).toEqual([]);

    await page.reload();
    await page.getByText('Upheld').first().waitFor();
    await page.getByText('A relay of forwarded mail.').waitFor();
    expect(await dig(scene.federation, nameOf(RELAY))).toEqual([]);
    await listed.close();
    await reviewer.context.close();
  });

  it('that two reviewers decide at once is decided by one; the other sees it, and what was typed is there', async () => {
    await scene.list(BOTH);
    await scene.appeal(BOTH, 'It was a test.');
    const appeal = await appealAbout(BOTH);
    // That the second one was refused is told by a status.
    const both = await Promise.all(
      ['isp-reviewer', 'isp-second'].map((member) =>
        opened(`/appeals/${appeal?.id ?? ''}`, { member }, [/status of 4\d\d/]),
      ),
    );
    await Promise.all([
      ...both.map(({ page }, i) => prepare(page, i === 0 ? 'Uphold' : 'Reject', `reason of ${String(i)}`)),
    ]);
    await Promise.all(both.map(({ page }) => page.getByRole('button', { name: 'Decide, finally' }).click()));
    for (const { page } of both) await page.getByRole('heading', { name: 'Decision', exact: true }).waitFor();
    const isLate = await Promise.all(
      both.map(({ page }) =>
        page
          .getByRole('heading', { name: 'Decided meanwhile' })
          .waitFor({ timeout: 5_000 })
          .then(
            () => true,
            () => false,
          ),
      ),
    );
    expect(isLate.toSorted()).toEqual([false, true]);
    const late = isLate[0] ? 0 : 1;
    const page = both[late]?.page;
    expect(await page?.getByLabel('Your reason, not sent').inputValue()).toBe(`reason of ${String(late)}`);
    expect(await page?.getByText(`reason of ${String(1 - late)}`).count()).toBe(1);
    expect(page && (await barriersOf(page))).toEqual([]);
    expect(await appealAbout(BOTH)).toMatchObject({
      ...{
        state: 'DECIDED',
        outcome: late === 0 ? 'REJECTED' : 'UPHELD',
        reason: `reason of ${String(1 - late)}`,
      },
    });
    for (const { context } of both) await context.close();
  });

  it('is not for reviewers whose member is concerned, nor for abuse desks', async () => {
    await scene.list(CONCERNED);
    await scene.appeal(CONCERNED, 'It was a test.');
    const appeal = await appealAbout(CONCERNED);
    const reporter = await opened(`/appeals/${appeal?.id ?? ''}`, { member: 'isp-b' });
    await reporter.page.getByText('Your member reported or owns the subject').waitFor();
    expect(await reporter.page.getByRole('radio').count()).toBe(0);
    await reporter.context.close();
    const desk = await opened('/appeals', { role: 'abuse-desk' });
    await desk.page.getByText('not for your role').waitFor();
    await desk.context.close();
  });
});

describe('a proposal', () => {
  it('goes from a draft through conduct and votes to its schedule, and one member vetoes for itself', async () => {
    const { context, page, watch } = await opened('/actions/new', { role: 'officer', member: 'isp-b' });
    await page.getByText('has not accepted the code of conduct').waitFor();
    await page.getByLabel('Title').fill(`Snowshoe ${INJECTION}`);
    await page.getByLabel('Why').fill('One text from a whole network');
    await page.getByLabel('Subjects').fill('203.0.113.0/24');
    await page.getByRole('button', { name: 'Keep as a draft' }).click();
    await page.getByText('Only your member sees this').waitFor();
    const path = new URL(page.url()).pathname.replace('/console', '');
    const id = path.replace('/actions/', '');
    expect(await (await scene.group(scene.owner)).find(id)).toBeUndefined();
    await page.getByRole('button', { name: 'Put it before the members' }).click();
    await page.getByText('conduct-not-accepted').waitFor();

    await page.getByRole('link', { name: 'Read the code of conduct' }).click();
    await page.getByText('Evidence first.').waitFor();
    await page.getByRole('button', { name: 'Accept for your member' }).click();
    await page.getByRole('button', { name: 'We accept' }).click();
    await page.getByText('Your member accepted this version').waitFor();
    expect(await barriersOf(page)).toEqual([]);

    await scene.visit(page, path);
    await settled(page);
    await page.getByRole('button', { name: 'Put it before the members' }).click();
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.getByRole('button', { name: 'Cast: Yes' }).click();
    await page.getByText('Your member voted: Yes').waitFor();
    for (const member of [scene.owner, scene.reviewer, ...scene.reporters.slice(1)]) {
      await (await scene.group(member)).command('vote', { id, vote: 'YES', reason: '' });
    }
    // isp-second has not voted: by the rules the vote goes on until nobody is left to wait for.
    const { page: second, context: other } = await opened('/conduct', {
      role: 'officer',
      member: 'isp-second',
    });
    await second.getByRole('button', { name: 'Accept for your member' }).click();
    await second.getByRole('button', { name: 'We accept' }).click();
    await second.getByText('Your member accepted this version').waitFor();
    await scene.visit(second, path);
    await settled(second);
    await second.getByRole('button', { name: 'Abstain' }).click();
    await second.getByRole('button', { name: 'Cast: Abstain' }).click();

    // The page of the proposer follows by itself.
    await page.getByLabel('Takes effect').fill(inTokyo(2));
    await page.getByLabel('Expires').fill(inTokyo(26));
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByRole('heading', { name: 'Carrying out' }).waitFor();

    await second.getByLabel('Reason for the veto').fill(`A customer of ours ${INJECTION}`);
    await second.getByRole('button', { name: 'Veto', exact: true }).click();
    await second.getByRole('dialog').getByRole('button', { name: 'Veto', exact: true }).click();
    await second.getByText('Your member does not take part').waitFor();
    // And all others see it with its reason.
    await page.getByRole('table').getByText('A customer of ours').waitFor();
    expect(await page.title()).not.toBe('INJECTED');
    const action = await (await scene.group(scene.owner)).get(id);
    expect(action.state).toBe('SCHEDULED');
    expect(action.participants.find(({ memberId }) => memberId === 'isp-second')?.state).toBe('VETOED');
    expect(watch.take()).toEqual([]);
    await context.close();
    await other.close();
  });

  it('kept as a draft is edited by two, of whom the later one sees that, and replaces it only on purpose', async () => {
    const first = await opened('/actions/new', { role: 'officer', member: 'isp-owner' });
    await first.page.getByLabel('Title').fill('Snowshoe');
    await first.page.getByLabel('Why').fill('One text from a whole network');
    await first.page.getByLabel('Subjects').fill('203.0.113.0/24');
    await first.page.getByRole('button', { name: 'Keep as a draft' }).click();
    await first.page.getByText('Only your member sees this').waitFor();
    const path = new URL(first.page.url()).pathname.replace('/console', '');
    const second = await opened(`${path}/edit`, { role: 'reviewer', member: 'isp-owner' });
    await first.page.getByRole('link', { name: 'Edit the draft' }).click();
    await first.page.getByLabel('Title').fill('Snowshoe of the first');
    await second.page.getByLabel('Title').fill('Snowshoe of the second');
    expect(await barriersOf(first.page)).toEqual([]);
    // Twice at once: one edit.
    await first.page.getByRole('button', { name: 'Save the draft' }).dblclick();
    await first.page.getByRole('heading', { name: 'Snowshoe of the first' }).waitFor();

    await second.page.getByRole('button', { name: 'Save the draft' }).click();
    await second.page.getByText('A colleague has changed the draft meanwhile').waitFor();
    expect(await second.page.getByLabel('Title').inputValue()).toBe('Snowshoe of the second');
    const titleOf = async () =>
      (await (await scene.group(scene.owner)).get(path.split('/').at(-1) ?? '')).title;
    expect(await titleOf()).toBe('Snowshoe of the first');
    expect(await barriersOf(second.page)).toEqual([]);
    await second.page.getByRole('button', { name: 'Replace theirs with this' }).click();
    await second.page.getByRole('heading', { name: 'Snowshoe of the second' }).waitFor();
    expect(await titleOf()).toBe('Snowshoe of the second');
    // The record names who and what.
    expect(await second.page.locator('[title="edited"]').count()).toBe(2);
    for (const { watch, context } of [first, second]) {
      expect(watch.take()).toEqual([]);
      await context.close();
    }
  });

  it('that is an emergency waits for a second officer of another member', async () => {
    const { context, page } = await opened('/actions/new', { role: 'officer' });
    await page.getByLabel('Title').fill('Malware outbreak');
    await page.getByLabel('Why').fill('Spreads within the hour');
    await page.getByLabel('Subjects').fill('203.0.113.9');
    await page.getByLabel('This is an emergency').check();
    await page.getByRole('button', { name: 'Put it before the members' }).click();
    await page.getByText('It waits for an officer of another member').waitFor();
    const path = new URL(page.url()).pathname.replace('/console', '');
    await scene.group(scene.reviewer);
    const second = await opened(path, { role: 'officer', member: 'isp-reviewer' });
    await second.page.locator('form').getByLabel('Reason').fill('Seen here, too');
    await second.page.getByRole('button', { name: 'Confirm the emergency' }).click();
    expect(await barriersOf(second.page)).toEqual([]);
    await second.page.getByRole('button', { name: 'Put it in force' }).click();
    await page.getByRole('heading', { name: 'Carrying out' }).waitFor();
    await page.getByRole('button', { name: 'Yes', exact: true }).waitFor();
    await context.close();
    await second.context.close();
  });
});

/** In so many hours, as a field of the browser takes it, whose zone is Asia/Tokyo. */
const inTokyo = (hours: number) => new Date(Date.now() + (hours + 9) * 3_600_000).toISOString().slice(0, 16);

describe('own networks', () => {
  it('are claimed, and ranges in them declared, changed and withdrawn', async () => {
    const { context, page, watch } = await opened(
      ...(['/networks', { role: 'mail-operator' }, [/status of 4\d\d/]] as const),
    );
    const session = await scene.owner.session();
    const ranges = async () => (await session.call(declaredRangesQuery, {})).declaredRanges;
    await page.getByLabel('Network', { exact: true }).fill('198.18.64.0/18');
    await page.getByLabel('Exceptions').fill('198.18.64.25');
    await page.locator('form').getByLabel('Port 25').selectOption('BLOCKED');
    await page.getByRole('button', { name: 'Declare it' }).dblclick();
    await page.getByText('is in the zone policy now').waitFor();
    await page.getByRole('link', { name: '198.18.64.0/18' }).waitFor();
    expect(await ranges()).toMatchObject([
      { network: '198.18.64.0/18', exceptions: ['198.18.64.25/32'], port25: 'BLOCKED' },
    ]);
    await digUntil(
      scene.federation,
      nameOf('198.18.64.9', 'policy.z.example'),
      (answers) => answers.length > 0,
    );
    expect(await dig(scene.federation, nameOf('198.18.64.25', 'policy.z.example'))).toEqual([]);

    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Exceptions').fill('');
    await page.getByRole('button', { name: 'Replace the declaration' }).click();
    await expect.poll(async () => (await ranges())[0]?.exceptions, { timeout: 10_000 }).toEqual([]);

    await page.getByLabel('Network', { exact: true }).fill('203.0.113.0/24');
    await page.getByRole('button', { name: 'Declare it' }).click();
    await page.getByText('network-not-owned').waitFor();
    expect(await page.getByLabel('Network', { exact: true }).inputValue()).toBe('203.0.113.0/24');

    await page.getByLabel('Show').selectOption('claims');
    await page.getByLabel('Network', { exact: true }).fill('203.0.113.0/24');
    await page.getByRole('button', { name: 'Claim it' }).click();
    await page.getByText('the operator has been told').waitFor();
    expect((await session.call(networkClaimsQuery, {})).networkClaims).toMatchObject([
      { network: '203.0.113.0/24', state: 'claimed' },
    ]);

    await page.getByLabel('Show').selectOption('');
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('button', { name: 'Take it out of the zone' }).click();
    await page.getByText('No dynamic range is declared').waitFor();
    expect(await ranges()).toEqual([]);
    expect(watch.take()).toEqual([]);
    await context.close();
  });
});
