// A federation in which every page of the console has something to show, real processes throughout, and people of it.
import { claimNetworkMutation, declareRangeMutation } from '@sekisho/client';
import { sealEvidence } from '@sekisho/sealed';
import { readSubject } from '@sekisho/subject';
import { execute, reportOf, type FederationMember } from '@sekisho/testing';
import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { campaignFingerprints } from '../setup/campaign-fixtures.js';
import { seedOfCase } from '../setup/seed-of-case.js';
import { INJECTION, Stage } from './stage.js';

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

export class Scene extends Stage {
  private constructor(
    { database, federation, origin }: Stage,
    /** Owns 198.18.0.0/16; the people of the tests are its. */
    readonly owner: FederationMember,
    /** Of the working group: reports nothing, so that its people may rule on what others reported. */
    readonly reviewer: FederationMember,
    readonly reporters: readonly FederationMember[],
  ) {
    super(database, federation, origin);
  }

  static async open(): Promise<Scene> {
    const stage = await Stage.empty();
    const { federation } = stage;
    const owner = await federation.member('isp-owner', {
      name: `Owner ISP 所有者 ${INJECTION}`,
      networks: ['198.18.0.0/16', '2001:db8::/32'],
      asns: [64_500],
    });
    // Rules on the appeal against a record of the owner's.
    const reviewer = await federation.member('isp-reviewer', { role: 'reviewer' });
    const reporters = [];
    for (const id of ['isp-b', 'isp-c', 'isp-d']) reporters.push(await federation.member(id));
    const scene = new Scene(stage, owner, reviewer, reporters);
    // Who proposes an action has accepted the code of conduct.
    await scene.group(owner);
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

  /** Lists an address for what is reviewed when it is appealed against. */
  async list(ip: string, category: 'spam-source' | 'zombie' = 'spam-source'): Promise<void> {
    for (const reporter of this.reporters) await reporter.submit(reportOf(ip, { category }));
    const session = await this.owner.session();
    await until(async () => (await session.lookup([readSubject(ip)]))[0]?.listed === true);
  }

  /** An appeal that the listed address itself files and confirms. @returns the path of its public page */
  async appeal(ip: string, words: string): Promise<string> {
    const send = (path: string, form: Record<string, string>) =>
      fetch(new URL(path, this.federation.hubUrl), {
        ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
        headers: { 'x-forwarded-for': ip },
      });
    const form = randomBytes(18).toString('base64url');
    const filed = await send('/appeal', { subject: ip, words, form });
    const page = filed.headers.get('location');
    if (page === null) throw new Error(`the appeal was not taken: ${await filed.text()}`);
    await send(page, { action: 'address' });
    return page;
  }

  /** What the pages of decisions and of own networks show. @returns the ids that their addresses name */
  async furnish(): Promise<{ draft: string; emergency: string; scheduled: string }> {
    for (const ip of ['203.0.113.60', '203.0.113.61']) {
      await this.list(ip);
      await this.appeal(ip, `A relay of forwarded mail. ${INJECTION}\n\nIt was mended on Monday.`);
    }
    await this.list('203.0.113.62', 'zombie');
    await this.appeal('203.0.113.62', 'Cleaned.');
    const session = await this.owner.session();
    await session.call(declareRangeMutation, {
      ...{ network: '198.18.128.0/17', exceptions: ['198.18.128.25/32'], port25: 'BLOCKED' },
    });
    for (const network of ['192.0.2.0/24', '198.51.100.0/24']) {
      await session.call(claimNetworkMutation, { network });
    }
    await execute(
      this.database.url,
      `UPDATE appeal SET due_at = now() - interval '1 hour' WHERE subject = '203.0.113.61'`,
      `UPDATE network_claim SET state = 'refused', reason = 'Registered to another company', decided_at = now()
         WHERE network = '198.51.100.0/24'`,
      `INSERT INTO event_stream (member_id, mail_address, mail_format, mail_language, updated_at)
         VALUES ('isp-owner', 'abuse@isp-owner.example', 'xarf', 'ja', now())`,
      `INSERT INTO member_event (member_id, type, details, made_at, refused)
         VALUES ('isp-owner', 'urn:sekisho:event:alert', '{}', now(), 'invalid_key: <b>key</b> unknown')`,
    );
    const actions = await this.furnishActions();
    // Enough others with networks of their own for a comparison.
    await execute(
      this.database.url,
      `INSERT INTO member_network (network, member_id)
         VALUES ('203.0.113.0/24', 'isp-b'), ('198.19.0.0/16', 'isp-c'), ('192.0.2.0/24', 'isp-d')`,
    );
    return actions;
  }

  private async furnishActions(): Promise<{ draft: string; emergency: string; scheduled: string }> {
    const [owner, reviewer] = [await this.group(this.owner), await this.group(this.reviewer)];
    const others = await Promise.all(this.reporters.map((reporter) => this.group(reporter)));
    const input = {
      ...{ kind: 'JOINT_LISTING', title: `Snowshoe ${INJECTION}`, reason: 'one text from a whole network' },
      ...{ subjects: ['203.0.113.0/24'], category: 'spam-source' },
    };
    const draft = await owner.command('propose', { input: { ...input, isDraft: true } });
    const emergency = await reviewer.command('propose', { input: { ...input, isEmergency: true } });
    const { id } = await owner.command('propose', { input });
    for (const group of [owner, reviewer, ...others]) {
      await group.command('vote', { id, vote: 'YES', reason: INJECTION });
    }
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    await owner.command('schedule', { id, effectiveAt: at(2), expiresAt: at(48) });
    const veto = { state: 'VETOED', clockOffsetMs: 0, reason: `a customer of ours ${INJECTION}` };
    await others[0]?.command('acknowledge', { id, ...veto });
    return { draft: draft.id, emergency: emergency.id, scheduled: id };
  }
}
