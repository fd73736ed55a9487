// Real Postfix as a submission server: a message that is word for word one of a campaign does not leave.
import { fingerprintKey, fingerprintOf, fingerprintSubject } from '@sekisho/campaign';
import { readMessage } from '@sekisho/evidence';
import { EdgeData, freePort } from '@sekisho/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeProcess } from '../conformance/edge-process.js';
import { PolicydProcess } from './policyd-process.js';
import { PostfixServer } from './postfix-server.js';
import { offerMail } from './smtp-delivery.js';

const SECRET = 'the fingerprint secret of this federation';
const CAMPAIGN_95 = 0x7f005f1f;
const SPAM =
  'Dear friend, we have chosen your account for our great autumn prize of ten thousand dollars. To receive it, answer this message with ' +
  'your full name, your address and the number of your bank account before the end of this week. Yours, the committee.';

let folder: string;
let edge: EdgeProcess;
let policyd: PolicydProcess;
let postfix: PostfixServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-campaign-'));
  const key = join(folder, 'fingerprint.key');
  await writeFile(key, SECRET);
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, 'version: 1\nsubmission: { campaign: { score: 90..100 } }\nrules: []\n');
  const dataDir = join(folder, 'edge');
  const data = await EdgeData.create(dataDir);
  const subject = { type: 'fingerprint' as const, value: subjectOf(SPAM) };
  await data.write({ zone: 'hash', serial: 1, entries: [{ subject, codes: [CAMPAIGN_95] }] });
  await data.write({ zone: 'ip', serial: 1, entries: [] });
  edge = await EdgeProcess.start({ dataDir, hubUrl: 'http://127.0.0.1:9' });
  const port = await freePort();
  policyd = await PolicydProcess.start([
    ...[`--milter=127.0.0.1:${port}`, `--fingerprint-key=${key}`, `--edge=127.0.0.1:${edge.port}`],
    ...['--http=127.0.0.1:0', `--policy=${policy}`],
  ]);
  const shipped = await readFile(new URL('../../integrations/postfix/campaign.cf', import.meta.url), 'utf8');
  postfix = await PostfixServer.start({
    main: shipped.replace('127.0.0.1:10041', `127.0.0.1:${port}`),
    nameserver: '127.0.0.1',
  });
});

afterAll(async () => {
  await postfix[Symbol.asyncDispose]();
  await policyd[Symbol.asyncDispose]();
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

const offer = (body: string) => offerMail(postfix.port, '203.0.113.9', { body });

describe('the milter for submission', () => {
  it('refuses a message of a campaign by an id, and lets every other pass', async () => {
    const refused = await offer(SPAM);
    expect(refused, refused.text).toMatchObject({ at: 'DATA', code: 550 });
    const id = /score 95; id ([0-9a-f]{12})/.exec(refused.text)?.[1] ?? 'none';
    await policyd.logged(`"id":"${id}","action":"reject","because":"campaign","score":95`);
    expect(policyd.log).not.toContain('prize');
    const other =
      'The meeting of the garden club is on Tuesday. Please bring your own cup and the notes of last month.';
    expect(await offer(other)).toMatchObject({ at: 'DATA', code: 250 });
  });

  it('lets mail flow when the edge is away, counted, and when policyd is killed', async () => {
    await edge.stop();
    const held = await offer(SPAM);
    expect(held).toMatchObject({ at: 'DATA', code: 250 });
    expect(held.ms).toBeLessThan(6_000);
    expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="unreachable"}')).toBe(1);
    policyd.child.kill('SIGKILL');
    expect(await offer(SPAM)).toMatchObject({ at: 'DATA', code: 250 });
  });
});

function subjectOf(body: string): string {
  const message = Buffer.from(`From: <sender@client.example>\r\nSubject: hello\r\n\r\n${body}\r\n`);
  const read = readMessage(message, {
    trusted: { networks: [], hosts: [] },
    sha256: (part) => new Uint8Array(createHash('sha256').update(part).digest()),
  });
  if ('skipped' in read) throw new Error(read.skipped);
  const month = new Date().toISOString().slice(0, 7);
  return fingerprintSubject(fingerprintOf(read.message, fingerprintKey(Buffer.from(SECRET), month)));
}
