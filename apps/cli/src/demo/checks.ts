// What the demo promises, asked of the running system from outside: over HTTP as a member, over DNS as a mail server.
import { fingerprintSubject, formatFingerprint } from '@sekisho/campaign';
import { signEnvelope, type SubjectReputation } from '@sekisho/client';
import type { ReportInput } from '@sekisho/report';
import { parseSubject } from '@sekisho/subject';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { queryName } from '@sekisho/zone';
import { fileURLToPath } from 'node:url';
import { fingerprintFiles } from '../commands/message-files.js';
import type { CliContext } from '../context.js';
import type { DemoFederation, EnrolledDemoMember } from './demo-federation.js';
import { countReporters } from './demo-members.js';
import { askForAddresses } from '../dns-question.js';
import { hitAndRunChecks } from './hit-and-run.js';

export interface Check {
  readonly title: string;
  /** Resolves to what was found. @throws {Error} when it is not as it must be */
  readonly run: () => Promise<string>;
}

const SAMPLE = 300;

export function demoChecks(federation: DemoFederation, accepted: number, context: CliContext): Check[] {
  const { members, config } = federation;
  const reporters = countReporters(members.map(({ demo }) => demo));
  const reportedBy = (wanted: (count: number) => boolean) =>
    Array.from(reporters).flatMap(([ip, count]) => (wanted(count) ? [ip] : []));
  const dnsName = (ip: string, zone = 'ip') => `${ip.split('.').reverse().join('.')}.${zone}.${config.zone}`;
  const ask = (name: string) => askForAddresses(config.dns, name);
  const first = memberAt(federation, 0);
  const lookup = (ips: readonly string[]) =>
    first.session.lookup(ips.map((value) => parseSubject('ip', value)));

  return [
    {
      title: 'every accepted report is stored, once',
      run: async () => {
        const { reports } = await first.session.statistics();
        must(reports === accepted, `${String(reports)} stored, ${accepted} acknowledged`);
        return `${accepted} reports`;
      },
    },
    {
      title: 'addresses that three members reported are listed, with the same score over GraphQL and DNS',
      run: async () => {
        const ips = reportedBy((count) => count >= 3);
        const found = await lookup(ips);
        let listed = 0;
        for (const [i, ip] of ips.entries()) {
          const reputation = found[i];
          const answers = await ask(dnsName(ip));
          if (isProtected(reputation)) {
            must(answers.length === 0, `${ip} is on a warning list and answers ${answers.join(' ')}`);
            continue;
          }
          must(reputation?.listed === true, `${ip} is not listed (score ${String(reputation?.score)})`);
          must(
            answers.length > 0 &&
              answers.every((code) => code.startsWith(`127.0.${String(reputation.score)}.`)),
            `${ip} has score ${String(reputation.score)} and answers ${answers.join(' ') || 'nothing'}`,
          );
          listed += 1;
        }
        must(listed >= 200, `only ${listed} of ${ips.length} are listed`);
        const others = ips.length - listed;
        return `${listed} addresses${others > 0 ? `, and ${others} on warning lists are not` : ''}`;
      },
    },
    {
      title: 'addresses that one member alone reported are not listed',
      run: async () => {
        const ips = spread(
          reportedBy((count) => count === 1),
          SAMPLE,
        );
        const listed = (await lookup(ips)).filter(
          (reputation) => reputation?.listed && !isOfNetwork(reputation),
        );
        must(listed.length === 0, `${listed.map((reputation) => reputation?.subject).join(', ')} are listed`);
        return `${ips.length} addresses asked`;
      },
    },
    {
      title: 'senders of good mail are not listed',
      run: async () => {
        const ips = members.flatMap(({ demo }) =>
          demo.observations.filter(({ category }) => category === 'ham').map(({ ip }) => ip),
        );
        for (const ip of ips) must((await ask(dnsName(ip))).length === 0, `${ip} is listed`);
        return `${ips.length} addresses asked`;
      },
    },
    {
      title: 'the test entries of RFC 5782 answer',
      run: async () => {
        must((await ask(dnsName('127.0.0.2'))).length > 0, '127.0.0.2 is not listed');
        must((await ask(dnsName('127.0.0.1'))).length === 0, '127.0.0.1 is listed');
        return '127.0.0.2 listed, 127.0.0.1 not';
      },
    },
    { title: 'a tampered envelope is refused with 401', run: () => checkTampered(first) },
    { title: 'the same envelope sent twice gives one receipt', run: () => checkRepeated(first) },
    {
      title: 'three members list a new address within a second, and two retractions take it off',
      run: () => checkListingAndRetraction(members, () => ask(dnsName('203.0.113.77'))),
    },
    {
      title: 'an owner declares its dynamic range, and mail servers can ask for it',
      run: async () => {
        await send(memberAt(federation, 3), [
          reportNow({ type: 'network', value: '203.0.113.128/25' }, 'dynamic-range', 'owner'),
        ]);
        await until(
          () => ask(dnsName('203.0.113.200', 'policy')),
          (codes) => codes.includes('127.0.100.10'),
        );
        return '203.0.113.128/25 in policy';
      },
    },
    ...hitAndRunChecks(
      federation,
      [memberAt(federation, 3), memberAt(federation, 2)],
      new Date().toISOString().slice(0, 10),
    ),
    {
      title:
        'variants of real spam at three members are one campaign, and the domain that they forge is a victim',
      run: () => checkCampaign(federation, context),
    },
  ];
}

const VARIANTS = new URL('../../../../fixtures/campaigns/', import.meta.url);
const FORGED = 'forged.example.com';

/** Each of three members meets one variant, from networks of its own; the fourth drowns in the bounces. */
async function checkCampaign(federation: DemoFederation, context: CliContext): Promise<string> {
  const { config, members } = federation;
  const files = [1, 2, 3].map((n) => fileURLToPath(new URL(`screenshots-${n}.eml`, VARIANTS)));
  const variants = (await fingerprintFiles(files, {}, context)).map(({ fingerprint }) => fingerprint);
  const failed = { auth: { spf: 'fail', dmarc: 'fail' } } as const;
  for (const [i, variant] of variants.entries()) {
    const common = { ...failed, fingerprint: formatFingerprint(variant) };
    await send(memberAt(federation, i), [
      ...[1, 2].map((n) => ({
        ...reportNow({ type: 'ip', value: `10.${i * 2 + n}.0.9` }, 'spam-source', 'trap', 20),
        ...common,
      })),
      { ...reportNow({ type: 'domain', value: FORGED }, 'forged-domain', 'auth-failure'), ...common },
    ]);
  }
  await send(memberAt(federation, members.length - 1), [
    {
      ...reportNow({ type: 'ip', value: '10.9.0.9' }, 'backscatter-source', 'bounce', 500),
      urlHosts: [FORGED],
    },
  ]);
  const ask = (subject: Parameters<typeof queryName>[0], zone: 'domain' | 'hash') =>
    askForAddresses(config.dns, queryName(subject, zone, config.zone));
  const domain = parseSubject('domain', FORGED);
  await until(
    () => ask(domain, 'domain'),
    (codes) => codes.includes('127.0.88.20'),
  );
  for (const variant of variants) {
    const subject = parseSubject('fingerprint', fingerprintSubject(variant));
    await until(
      () => ask(subject, 'hash'),
      (codes) => codes.includes('127.0.90.31'),
    );
  }
  const { session } = memberAt(federation, 0);
  const campaigns = await session.campaigns({ first: 10 });
  const found = campaigns.filter(({ fromDomains }) => fromDomains.some(({ subject }) => subject === FORGED));
  must(found.length === 1, `${found.length} campaigns forge ${FORGED}`);
  must(found[0]?.memberCount === 3, `${String(found[0]?.memberCount)} members`);
  const [reputation] = await session.lookup([domain]);
  must(reputation?.score === 0, `the reputation of ${FORGED} fell to ${String(reputation?.score)}`);
  return `campaign ${found[0].id}, ${FORGED} answers code 20 and keeps score 0`;
}

async function checkTampered({ member, session }: EnrolledDemoMember): Promise<string> {
  const envelope = await signEnvelope(member, [zombieNow('203.0.113.66')], {
    now: Date.now(),
    jti: randomUUID(),
  });
  const [header = '', payload = '', signature = ''] = envelope.split('.');
  const claims = Buffer.from(payload, 'base64url').toString().replace('203.0.113.66', '203.0.113.67');
  const forged = [header, Buffer.from(claims).toString('base64url'), signature].join('.');
  const { status } = await post(session.hub.endpoints.reports, forged);
  must(status === 401, `answered ${status}`);
  return 'and nothing of it stored';
}

async function checkRepeated({ member, session }: EnrolledDemoMember): Promise<string> {
  const envelope = await signEnvelope(member, [zombieNow('203.0.113.68')], {
    now: Date.now(),
    jti: randomUUID(),
  });
  const first = await post(session.hub.endpoints.reports, envelope);
  const second = await post(session.hub.endpoints.reports, envelope);
  must(first.status === 202 && first.body === second.body, `${first.body} and then ${second.body}`);
  return 'byte for byte the same';
}

async function checkListingAndRetraction(
  members: readonly EnrolledDemoMember[],
  ask: () => Promise<string[]>,
): Promise<string> {
  const reporting = members.slice(0, 3);
  const receipts = [];
  for (const [i, member] of reporting.entries()) {
    // Two traps list; from then on it is only a question of how fast.
    must(i > 1 || (await ask()).length === 0, 'it is listed before two members reported it');
    receipts.push(await send(member, [zombieNow('203.0.113.77')]));
  }
  const listedMs = await until(ask, (codes) => codes.some((code) => /^127\.0\.\d+\.3$/.test(code)));
  must(listedMs < 1_000, `it took ${Math.round(listedMs)} ms`);
  for (const [i, member] of reporting.slice(0, 2).entries()) {
    await member.session.retract(receipts[i] ?? '', 0);
  }
  const delistedMs = await until(ask, (codes) => codes.length === 0);
  return `listed after ${Math.round(listedMs)} ms, off after ${Math.round(delistedMs)} ms`;
}

const isProtected = (reputation: SubjectReputation | undefined) =>
  reputation?.explanation.some(({ factor }) => factor === 'warning-list') ?? false;
const isOfNetwork = (reputation: SubjectReputation) =>
  reputation.explanation.some(({ detail }) => detail?.includes('of the listed network'));

const zombieNow = (ip: string) => reportNow({ type: 'ip', value: ip }, 'zombie', 'trap', 12);

function reportNow(
  subject: ReportInput['subject'],
  category: ReportInput['category'],
  evidence: ReportInput['evidence'],
  count = 1,
): ReportInput {
  const now = new Date().toISOString();
  return { ...{ subject, category, evidence, count }, ...{ firstSeen: now, lastSeen: now } };
}

async function send(
  { member, session }: EnrolledDemoMember,
  reports: readonly ReportInput[],
): Promise<string> {
  const envelope = await signEnvelope(member, reports, { now: Date.now(), jti: randomUUID() });
  const { status, body } = await post(session.hub.endpoints.reports, envelope);
  const receipt = JSON.parse(body) as { receiptId?: string; accepted?: number };
  must(status === 202 && receipt.accepted === reports.length, body);
  return receipt.receiptId ?? '';
}

async function post(url: string, body: string): Promise<{ status: number; body: string }> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/jwt' }, body });
  return { status: answer.status, body: await answer.text() };
}

const PATIENCE_MS = 10_000;

/** Asks until the answer is as wanted; resolves to the milliseconds that it took. */
async function until(ask: () => Promise<string[]>, isWanted: (codes: string[]) => boolean): Promise<number> {
  const start = performance.now();
  for (;;) {
    const codes = await ask();
    const elapsed = performance.now() - start;
    if (isWanted(codes)) return elapsed;
    must(elapsed < PATIENCE_MS, `still ${codes.join(' ') || 'no answer'} after ${PATIENCE_MS / 1_000} s`);
    await wait(10);
  }
}

function must(isTrue: boolean, found: string): asserts isTrue {
  if (!isTrue) throw new Error(found);
}

/** At most `count` of them, evenly over the whole. */
function spread<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

function memberAt({ members }: DemoFederation, index: number): EnrolledDemoMember {
  const member = members[index];
  if (!member) throw new Error(`the demo has no member ${index}`);
  return member;
}
