// Real Postfix as a submission server with the shipped configuration: a message that is word for word one of a campaign does not leave.
import { fingerprintKey, fingerprintOf, fingerprintSubject } from '@sekisho/campaign';
import { readMessage } from '@sekisho/evidence';
import { freePort } from '@sekisho/testing';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeFixture } from '../conformance/edge-fixture.js';
import { eventually } from '../conformance/edge-process.js';
import { DnsRelay } from '../integration/dns-relay.js';
import { PolicydProcess } from '../integration/policyd-process.js';
import { PostfixServer } from '../integration/postfix-server.js';
import { offerMail, type MailOptions } from '../integration/smtp-delivery.js';
import { HELD_UP_MS } from './mail-cases.js';

const SECRET = 'the fingerprint secret of this federation';
const SUBSCRIBER = '203.0.113.9';
const SPAM =
  'Dear friend, we have chosen your account for our great autumn prize of ten thousand dollars. To receive it,\r\n' +
  'answer this message with your full name, your address and the number of your bank account before the end of\r\n' +
  'this week. Yours, the committee.';
const WEAK = SPAM.replace('ten thousand', 'twenty thousand');
const OTHER =
  'The meeting of the garden club is on Tuesday. Please bring your own cup and the notes of last month.';
/** Two parts, one of them quoted-printable UTF-8, and a header field in two lines. */
const PARTS = {
  extraHeader:
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n\tboundary="next"\r\nX-Raw: caf\u00e9 \u3042\r\n',
  body: [
    ...[
      '--next',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
    ],
    ...[
      'Caf=C3=A9 gr=C3=BCn: your parcel of this month waits for a small fee which you pay at our office today.',
      '',
    ],
    ...[
      '--next',
      'Content-Type: application/pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0xLjQK',
      '',
    ],
    '--next--',
  ].join('\r\n'),
};
const DOT_LINES = { body: `.hidden line of text before the others\r\n\r\n${OTHER}\r\n..\r\n` };
const policyText = (action: 'defer' | 'reject', mode = 'enforce') =>
  `version: 1\nmode: ${mode}\nsubmission: { campaign: { score: 90..100, action: ${action} }, exempt: [lists] }\nrules: []\n`;

let folder: string;
let fixture: EdgeFixture;
let edgePort: number;
let relay: DnsRelay;
let policyd: PolicydProcess;
let postfix: PostfixServer;
let policyPath: string;
let startPolicyd: () => Promise<PolicydProcess>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-campaign-'));
  const key = join(folder, 'fingerprint.key');
  await writeFile(key, SECRET);
  policyPath = join(folder, 'policy.yaml');
  await writeFile(policyPath, policyText('reject'));
  fixture = await EdgeFixture.create();
  fixture.hub.publish('hash', {
    [subjectOf({ body: SPAM })]: ['127.0.95.31'],
    [subjectOf(PARTS)]: ['127.0.92.31'],
    [subjectOf({ body: WEAK })]: ['127.0.60.31'],
  });
  edgePort = (await fixture.startLoaded()).port;
  relay = await DnsRelay.open();
  relay.pointTo(edgePort);
  const port = await freePort();
  startPolicyd = async () => {
    const started = await PolicydProcess.start([
      ...[`--milter=127.0.0.1:${port}`, `--fingerprint-key=${key}`, `--edge=${relay.address}:53`],
      ...['--http=127.0.0.1:0', `--policy=${policyPath}`],
    ]);
    await started.logged('passes its self-test');
    return started;
  };
  policyd = await startPolicyd();
  const shipped = await readFile(new URL('../../integrations/postfix/campaign.cf', import.meta.url), 'utf8');
  postfix = await PostfixServer.start({
    main: `${shipped.replace('inet:127.0.0.1:10041', `inet:127.0.0.1:${port}`)}
smtpd_authorized_xclient_hosts = ${SUBSCRIBER}
`,
    nameserver: '127.0.0.1',
  });
});

afterAll(async () => {
  await postfix[Symbol.asyncDispose]();
  await policyd[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const offer = (options: MailOptions) => offerMail(postfix.port, SUBSCRIBER, options);
const ACCEPTED = { at: 'DATA', code: 250 };
const REFUSED = { at: 'DATA', code: 550 };

/** Once the edge answers in time, which on a machine under load is not at once: until then mail flows. */
const isRefused = (options: MailOptions) =>
  eventually(async () => (await offer(options)).code === REFUSED.code);

/** The policy file of now, in force. */
async function inForce(text: string): Promise<void> {
  const before = policyd.log.split('was read again').length;
  await writeFile(policyPath, text);
  await eventually(() => Promise.resolve(policyd.log.split('was read again').length > before));
}

describe('the milter for submission', () => {
  it('refuses a message of a campaign by an id, and logs nothing of what it says', async () => {
    const refused = await offer({ body: SPAM });
    expect(refused, await postfix.log()).toMatchObject(REFUSED);
    const id = /5\.7\.1 .*score 95; id ([0-9a-f]{12})/.exec(refused.text)?.[1] ?? 'none';
    await policyd.logged(`"id":"${id}","action":"reject","because":"campaign","score":95`);
    expect(policyd.log).not.toContain('prize');
  });

  it('refuses a message of several parts', async () => {
    await isRefused(PARTS);
  });

  it.each([
    ['another message', { body: OTHER }],
    ['one whose words are a campaign of a low score', { body: WEAK }],
    ['one without words', { body: '' }],
    ['lines that begin with a dot', DOT_LINES],
  ])('lets %s pass unchanged', async (_, message) => {
    const before = await postfix.messages();
    expect(await offer(message), await postfix.log()).toMatchObject(ACCEPTED);
    await eventually(async () => (await postfix.messages()).length === before.length + 1);
    const [delivered = ''] = (await postfix.messages()).filter((text) => !before.includes(text));
    // A client's first dot of a line is SMTP's own.
    const sent = message.body.replace(/^\./gm, '').replaceAll('\r\n', '\n');
    expect(delivered.slice(delivered.indexOf('\n\n') + 2)).toBe(`${sent}\n`);
  });

  it('holds who logged in to it, and lets those pass that the policy exempts', async () => {
    await isRefused({ body: SPAM, login: 'alice' });
    expect(await offer({ body: SPAM, login: 'Lists' }), await postfix.log()).toMatchObject(ACCEPTED);
  });

  it('judges messages of sessions at the same time, each by itself', async () => {
    const bodies = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? SPAM : OTHER));
    const outcomes = await Promise.all(bodies.map((body) => offer({ body })));
    expect(outcomes.map(({ code }) => code)).toEqual(bodies.map((body) => (body === SPAM ? 550 : 250)));
  });

  it('defers, or only logs, when the policy says so', async () => {
    await inForce(policyText('defer'));
    const deferred = await offer({ body: SPAM });
    expect(deferred, deferred.text).toMatchObject({ at: 'DATA', code: 451 });
    await inForce(policyText('reject', 'shadow'));
    expect(await offer({ body: SPAM })).toMatchObject(ACCEPTED);
    await policyd.logged('"because":"campaign","score":95,"shadow":true');
    await inForce(policyText('reject'));
    expect(await offer({ body: SPAM })).toMatchObject(REFUSED);
  });

  it('lets mail flow when the edge is away, counts it, and recovers', async () => {
    relay.pointTo(undefined);
    const held = await offer({ body: SPAM });
    expect(held).toMatchObject(ACCEPTED);
    expect(held.ms).toBeLessThan(HELD_UP_MS);
    expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="timeout"}')).toBeGreaterThanOrEqual(
      1,
    );
    relay.pointTo(edgePort);
    await eventually(async () => (await offer({ body: SPAM })).code === 550);
  });

  it('lets mail flow within the time-out while policyd hangs, and judges again when it goes on', async () => {
    policyd.child.kill('SIGSTOP');
    try {
      const held = await offer({ body: SPAM });
      expect(held).toMatchObject(ACCEPTED);
      expect(held.ms).toBeLessThan(HELD_UP_MS);
    } finally {
      policyd.child.kill('SIGCONT');
    }
    // A self-test that was under way when it was stopped has failed.
    await eventually(async () => (await offer({ body: SPAM })).code === 550);
    // Nothing is left of the session that Postfix gave up.
    await eventually(async () => (await policyd.metric('sekisho_policyd_connections')) === 0);
  });

  it('lets mail flow when policyd is killed, and judges again when it is back', async () => {
    const gone = once(policyd.child, 'exit');
    policyd.child.kill('SIGKILL');
    await gone;
    const held = await offer({ body: SPAM });
    expect(held).toMatchObject(ACCEPTED);
    expect(held.ms).toBeLessThan(HELD_UP_MS);
    policyd = await startPolicyd();
    expect(await offer({ body: SPAM })).toMatchObject(REFUSED);
  });
});

/** As what a member reports it, from the message that `offerMail` sends. */
function subjectOf({ extraHeader = '', body = '' }: MailOptions): string {
  const text = `From: <sender@client.example>\r\n${extraHeader}Subject: hello\r\n\r\n${body}\r\n`;
  const read = readMessage(Buffer.from(text), {
    trusted: { networks: [], hosts: [] },
    sha256: (part) => new Uint8Array(createHash('sha256').update(part).digest()),
  });
  if ('skipped' in read) throw new Error(read.skipped);
  const month = new Date().toISOString().slice(0, 7);
  const print = fingerprintOf(read.message, fingerprintKey(Buffer.from(SECRET), month));
  return `fingerprint:${fingerprintSubject(print)}`;
}
