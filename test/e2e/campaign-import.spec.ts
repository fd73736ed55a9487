// Three members import copies of one real campaign from their mailboxes with the command that operators use: the hub sees
// one campaign within two seconds, and the domain that the copies forge is a victim once its bounces are imported too.
import { parseFingerprint } from '@sekisho/campaign';
import { readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  dig,
  digUntil,
  Federation,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const VICTIM = 'victim.example.com';
const VICTIM_NAME = `${VICTIM}.domain.z.example`;
const BORDER = 'mx.member.example';

let database: TestDatabase;
let federation: Federation;
let members: FederationMember[];
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
  folder = await mkdtemp(join(tmpdir(), 'sekisho-campaign-import-'));
  await writeFile(join(folder, 'secret'), 'the secret of a test federation');
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const at = (index: number): FederationMember => {
  const member = members[index];
  if (!member) throw new Error(`no member ${index}`);
  return member;
};

const handedOverBy = (ip: string) =>
  `Received: from mail.sender.example (unknown [${ip}]) by ${BORDER}; ${new Date().toUTCString()}\n`;

/** One real copy as a member's border took it: in the victim's name, with all checks failed. */
async function copyFrom(variant: number, ip: string): Promise<string> {
  const message = await readFile(join(ROOT, `fixtures/campaigns/screenshots-${variant}.eml`), 'utf8');
  return (
    handedOverBy(ip) +
    `Authentication-Results: ${BORDER}; spf=fail smtp.mailfrom=${VICTIM}; dmarc=fail header.from=${VICTIM}\n` +
    `From: Offers <offers@${VICTIM}>\n${message}`
  );
}

const bounceFrom = (ip: string) =>
  [
    `Return-Path: <>\n${handedOverBy(ip)}From: MAILER-DAEMON@other.example`,
    `To: offers@${VICTIM}\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNobody here.\n\n--b',
    'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.other.example\n',
    'Final-Recipient: rfc822; nobody@other.example\nAction: failed\nStatus: 5.1.1\n\n--b',
    `Content-Type: text/rfc822-headers\n\nFrom: Offers <offers@${VICTIM}>\nSubject: Offer\n\n--b--\n`,
  ].join('\n');

/** Runs `sekisho import` of one mailbox in a member's directory. */
async function importMailbox(index: number, messages: readonly string[], ...options: string[]) {
  const mailbox = join(folder, `box-${index}-${options.length}.mbox`);
  await writeFile(mailbox, messages.map((text) => `From x@y Thu Jan  1 00:00:00 2026\n${text}\n`).join('\n'));
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[join(ROOT, 'apps/cli/bin/sekisho.mjs'), 'import', mailbox, '--json', '--dir', at(index).directory],
    ...['--trusted-relay', BORDER, '--fingerprint-key', join(folder, 'secret'), ...options],
  ]);
  return JSON.parse(stdout) as { accepted: number; skipped: object };
}

const importCopies = async (index: number) =>
  importMailbox(
    index,
    [
      await copyFrom(index + 1, `5.${index * 2 + 1}.0.9`),
      await copyFrom(index + 1, `5.${index * 2 + 2}.0.9`),
    ],
    ...['--evidence', 'trap', '--format', 'eml'],
  );

const campaignsSeen = async () => (await at(0).session()).campaigns({ first: 10 });
const reputationOfVictim = async () => (await (await at(0).session()).lookup([readSubject(VICTIM)]))[0];

it('what would leave is shown first: the fingerprint and the hosts, and nothing of the text', async () => {
  const mailbox = join(folder, 'look.eml');
  await writeFile(mailbox, await copyFrom(1, '5.1.0.9'));
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[join(ROOT, 'apps/cli/bin/sekisho.mjs'), 'import', mailbox, '--dry-run', '--dir', at(0).directory],
    ...['--trusted-relay', BORDER, '--fingerprint-key', join(folder, 'secret')],
    ...['--evidence', 'trap', '--format', 'eml'],
  ]);
  const [sender, domain] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { fingerprint: string; urlHosts: string[] });
  expect(parseFingerprint(sender?.fingerprint ?? '').kind).toBe('text');
  expect(domain?.fingerprint).toBe(sender?.fingerprint);
  expect(sender?.urlHosts).toEqual(['213.139.76.69']);
  expect(stdout).not.toMatch(/chatting|screenshots|offers@/i);
});

it('copies in three mailboxes are one campaign within two seconds of the third import', async () => {
  for (const index of [0, 1]) {
    // Two senders, and the domain of From in each message: one report a subject of each.
    expect(await importCopies(index)).toMatchObject({ accepted: 4, skipped: {} });
  }
  await expect
    .poll(campaignsSeen, { timeout: 5_000, interval: 50 })
    .toMatchObject([{ memberCount: 'fewer than 3', isConfirmed: false }]);
  const [first] = await campaignsSeen();
  await importCopies(2);
  const importedAt = performance.now();
  await expect
    .poll(campaignsSeen, { timeout: 2_000, interval: 20 })
    .toMatchObject([{ id: first?.id, memberCount: 3, isConfirmed: true }]);
  expect(performance.now() - importedAt).toBeLessThan(2_000);
  expect((await campaignsSeen())[0]?.fromDomains).toMatchObject([{ subject: VICTIM, passPercent: 0 }]);
});

it('the forged domain answers code 20 once its bounces are imported, and its reputation stays', async () => {
  const before = await reputationOfVictim();
  expect(before).toMatchObject({ score: 0, recommendation: 'ACCEPT' });
  expect(await dig(federation, VICTIM_NAME)).toEqual([]);
  await importMailbox(1, [bounceFrom('198.51.100.7')], '--bounces', 'never-sent');
  await digUntil(federation, VICTIM_NAME, (answers) => answers.includes('127.0.88.20'));
  expect((await dig(federation, VICTIM_NAME)).every((code) => code.endsWith('.20'))).toBe(true);
  // How sure the others' forgery is may grow; what is said of the domain itself does not change.
  const { score, recommendation } = before ?? {};
  expect(await reputationOfVictim()).toMatchObject({ score, recommendation, categories: before?.categories });
});
