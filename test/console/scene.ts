// A federation in which every page of the console has something to show, real processes throughout, and people of it.
import type { PersonRole } from '@sekisho/access';
import { WorkingGroup } from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { sealEvidence } from '@sekisho/sealed';
import { readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  execute,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { inject, vi } from 'vitest';
import { campaignFingerprints } from '../setup/campaign-fixtures.js';
import { seedOfCase } from '../setup/seed-of-case.js';

/** Tries to run wherever a text is shown. */
export const INJECTION = `"><img src=x onerror="document.title='INJECTED'"><script>document.title='INJECTED'</script>`;

export const OWNED = { open: '198.18.0.7', toFix: '198.18.0.9' } as const;
export const LISTED = '203.0.113.7';
export const FORGED = 'victim.example.com';
const FAILED = { spf: 'fail', dkim: 'none', dmarc: 'fail' } as const;

/** Waits in a hook, where expect.poll is not to be had. */
const until = (isSo: () => Promise<boolean>) =>
  vi.waitFor(
    async () => {
      if (!(await isSo())) throw new Error('the scene is not set yet');
    },
    { timeout: 120_000, interval: 500 },
  );

export class Scene implements AsyncDisposable {
  private constructor(
    readonly database: TestDatabase,
    readonly federation: Federation,
    /** Owns 198.18.0.0/16; the people of the tests are its. */
    readonly owner: FederationMember,
    readonly reporters: readonly FederationMember[],
    /** Where people reach the hub. */
    readonly origin: string,
  ) {}

  static async open(): Promise<Scene> {
    const database = await createTestDatabase(inject('databaseUrl'), {
      template: inject('templateDatabase'),
    });
    const federation = await Federation.start(database.url, { processes: ['worker'] });
    // Passkeys belong to a name, not to an address (WebAuthn section 5.1.2).
    const origin = federation.hubUrl.replace('127.0.0.1', 'localhost');
    await federation.run('hub', { SEKISHO_PUBLIC_URL: origin });
    const owner = await federation.member('isp-owner', {
      name: `Owner ISP 所有者 ${INJECTION}`,
      networks: ['198.18.0.0/16', '2001:db8::/32'],
      asns: [64_500],
    });
    // Who proposes an action has accepted the code of conduct.
    const group = new WorkingGroup(await owner.session());
    await group.acceptConduct((await group.conduct()).version);
    // Rules on the appeal against a record of the owner's.
    await federation.member('isp-reviewer', { role: 'reviewer' });
    const reporters = [];
    for (const id of ['isp-b', 'isp-c', 'isp-d']) reporters.push(await federation.member(id));
    const scene = new Scene(database, federation, owner, reporters, origin);
    await scene.report();
    return scene;
  }

  private async report(): Promise<void> {
    const earlier = new Date(Date.now() - 7_200_000).toISOString();
    const seen = { firstSeen: earlier, lastSeen: earlier };
    const fingerprints = await campaignFingerprints(new Date());
    const session = await this.owner.session();
    const key = await session.ownerKey(readSubject(OWNED.toFix));
    if (!key) throw new Error('the owner has a key');
    for (const [i, reporter] of this.reporters.entries()) {
      const sealed = await sealEvidence(
        { version: 1, seen: [{ at: earlier, sourcePort: 40_000 + i }], note: `note ${i} ${INJECTION}` },
        key,
      );
      await reporter.submit(
        reportOf(OWNED.open, seen),
        { ...reportOf(OWNED.toFix, seen), sealed },
        ...[7, 8, 9, 10, 11, 12].map((host) => reportOf(`203.0.113.${host}`, { ...seen, count: 40 * host })),
        reportOf('2001:db8:1::1', seen),
        ...[1, 2].map((host) =>
          reportOf(`5.${i * 2 + host}.0.9`, {
            ...{ category: 'spam-source' as const, count: 20, auth: FAILED },
            fingerprint: fingerprints[i] ?? '',
          }),
        ),
        {
          ...reportOf(FORGED, {
            category: 'forged-domain',
            evidence: 'auth-failure',
            count: 1,
            auth: FAILED,
          }),
          ...{ subject: { type: 'domain', value: FORGED }, fingerprint: fingerprints[i] ?? '' },
        },
      );
    }
    // Some of its own, one of them refused.
    const lastYear = new Date(Date.now() - 365 * 86_400_000).toISOString();
    await this.owner.submit(
      reportOf('203.0.113.8', seen),
      reportOf('203.0.113.9', { firstSeen: lastYear, lastSeen: lastYear }),
    );
    const { statements } = seedOfCase('isp-owner', 'isp-b');
    await execute(this.database.url, ...statements);
    await until(async () => (await session.alerts({ first: 10, openOnly: true })).length === 3);
    await until(async () => (await session.campaigns({ first: 10 })).length > 0);
    await until(async () => (await session.lookup([readSubject(LISTED)]))[0]?.listed === true);
  }

  /** A new person of the owner (operators belong to nobody), signed in to the browser. */
  async signIn(
    context: BrowserContext,
    { role = 'reviewer', language = 'en' }: { role?: PersonRole; language?: 'en' | 'ja' } = {},
  ): Promise<{ personId: string; code: string }> {
    const operator = await openOperatorDatabase(readConfig(this.federation.env));
    const memberId = role === 'operator' ? undefined : 'isp-owner';
    const person = await operator.people.addForDemo(
      { memberId, name: `Hanako 花子 ${INJECTION}`, role, language },
      new Date(),
    );
    await operator.close();
    await context.request.get(this.url(`/demo/sign-in?code=${person.code}`));
    return person;
  }

  url(path: string): string {
    return new URL(path, this.origin).href;
  }

  /** Opens a page of the console by its address. */
  async visit(page: Page, path: string): Promise<void> {
    await page.goto(this.url(`/console${path}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.federation[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}
