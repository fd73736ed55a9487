// Real Postfix, real SMTP, a real federation: what a mail server does with the shipped configurations.
import {
  createTestDatabase,
  digUntil,
  Federation,
  nameOf,
  reportOf,
  type TestDatabase,
} from '@sekisho/testing';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EdgeProcess, eventually } from '../conformance/edge-process.js';
import { DnsRelay } from './dns-relay.js';
import { PolicydProcess } from './policyd-process.js';
import { PostfixServer } from './postfix-server.js';
import { offerMail } from './smtp-delivery.js';

const SHIPPED = new URL('../../integrations/postfix/', import.meta.url);
const BAD = '203.0.113.9';
const BAD_IPV6 = '2001:db8::9';
const TAGGED = '198.51.100.7';
const CLEAN = '192.0.2.77';
const CLEAN_IPV6 = '2001:db8:77::1';
const POLICY = `version: 1
rules:
  - { category: zombie, score: 90..100, list: high, action: reject }
  - { category: zombie, score: 90..100, action: reject }
  - { category: phishing, action: shaped, rate: { messages: 2, per: 1h } }
  - { category: harvester, action: deep-queue }
  - { category: spam-source, action: tag }
`;
const SHAPED = '198.51.100.80';
const DEEP = '198.51.100.90';

let database: TestDatabase;
let federation: Federation;
let relay: DnsRelay;
let folder: string;
let deniedEdge: EdgeProcess;

const shipped = async (file: string, change: (text: string) => string = (text) => text) =>
  change(await readFile(new URL(file, SHIPPED), 'utf8')).replaceAll('rep.example.net', 'z.example');

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
  relay = await DnsRelay.open();
  relay.pointTo(federation.dnsPort);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-policyd-'));
  const owner = await federation.member('owner', {
    networks: ['203.0.113.0/24', '198.51.100.0/24', '2001:db8::/48'],
  });
  await owner.submit(
    ...[BAD, BAD_IPV6].map((value) => reportOf(value, { evidence: 'owner' })),
    reportOf(TAGGED, { category: 'spam-source', evidence: 'owner', count: 1 }),
    reportOf(SHAPED, { category: 'phishing', evidence: 'owner' }),
    reportOf(DEEP, { category: 'harvester', evidence: 'owner' }),
  );
  for (const id of ['a', 'b', 'c']) {
    const member = await federation.member(`isp-${id}`);
    await member.submit(...[BAD, BAD_IPV6].map((value) => reportOf(value)));
  }
  const isStrong = (answers: string[]) => Number(answers[0]?.split('.')[2]) >= 90;
  await digUntil(federation, nameOf(BAD), isStrong);
  await digUntil(federation, `9${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.ip.z.example`, isStrong);
  for (const value of [TAGGED, SHAPED, DEEP])
    await digUntil(federation, nameOf(value), ({ length }) => length > 0);
  // Whoever has no key gets 127.255.255.254 from this one.
  const dataDir = join(folder, 'denied');
  await mkdir(join(dataDir, 'keys'), { recursive: true });
  await cp(
    join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'edge.token'),
    join(dataDir, 'keys', 'edge.token'),
  );
  deniedEdge = await EdgeProcess.start({
    dataDir,
    hubUrl: federation.hubUrl,
    environment: { SEKISHO_DNS_ACCESS: 'key' },
  });
});

afterAll(async () => {
  await deniedEdge.stop();
  await relay[Symbol.asyncDispose]();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('reject_rbl_client with a filter', () => {
  it('refuses what is listed in both families, and nothing else, whatever happens to the edge', async () => {
    await using postfix = await PostfixServer.start({
      main: await shipped('reject-rbl.cf'),
      nameserver: relay.address,
    });
    relay.pointTo(federation.dnsPort);
    const refused = await offerMail(postfix.port, BAD);
    expect(refused).toMatchObject({ at: 'RCPT', code: 554 });
    // The TXT record is shown: it leads to the public page.
    expect(refused.text).toContain(`zombie, score`);
    expect(refused.text).toContain(`/?subject=${BAD}`);
    expect(await offerMail(postfix.port, BAD_IPV6)).toMatchObject({ at: 'RCPT', code: 554 });
    expect(await offerMail(postfix.port, TAGGED)).toMatchObject({ at: 'DATA', code: 250 });
    expect(await offerMail(postfix.port, CLEAN)).toMatchObject({ at: 'DATA', code: 250 });
    expect(await offerMail(postfix.port, CLEAN_IPV6)).toMatchObject({ at: 'DATA', code: 250 });
    relay.pointTo(deniedEdge.port);
    expect(await offerMail(postfix.port, BAD)).toMatchObject({ at: 'DATA', code: 250 });
    relay.pointTo(undefined);
    expect(await offerMail(postfix.port, BAD)).toMatchObject({ at: 'DATA', code: 250 });
    await eventually(async () => (await postfix.messages()).length === 5);
  });
});

describe('postscreen with filters', () => {
  const answered = async (postfix: PostfixServer, address: string) =>
    (await offerMail(postfix.port, address)).code;

  it('refuses what is listed, and hands everything else to the mail server', async () => {
    await using postfix = await PostfixServer.start({
      main: await shipped('postscreen.cf', (text) => `${text}postscreen_greet_wait = 1s\n`),
      ...{ isPostscreen: true, nameserver: relay.address },
    });
    relay.pointTo(federation.dnsPort);
    const refused = await offerMail(postfix.port, BAD);
    expect(refused).toMatchObject({ at: 'RCPT', code: 550 });
    expect(await answered(postfix, BAD_IPV6)).toBe(550);
    expect(await answered(postfix, TAGGED)).toBe(250);
    expect(await answered(postfix, CLEAN)).toBe(250);
    relay.pointTo(deniedEdge.port);
    expect(await answered(postfix, '203.0.113.10')).toBe(250);
    relay.pointTo(undefined);
    expect(await answered(postfix, '203.0.113.11')).toBe(250);
    expect(await postfix.log()).toContain(`PASS NEW [203.0.113.11]`);
  });
});

describe('check_policy_service', () => {
  it('rejects, shapes, tags and queues deeply as the policy says, in both families', async () => {
    relay.pointTo(federation.dnsPort);
    await writeFile(join(folder, 'policy.yaml'), POLICY);
    await using policyd = await PolicydProcess.start([
      ...['--listen=127.0.0.1:0', `--edge=${relay.address}:53`, '--http=127.0.0.1:0'],
      `--policy=${join(folder, 'policy.yaml')}`,
    ]);
    await policyd.logged('passes its self-test');
    await using postfix = await policyPostfix(policyd.port);
    const refused = await offerMail(postfix.port, BAD);
    expect(refused).toMatchObject({ at: 'RCPT', code: 554 });
    const id = /id ([0-9a-f]{12}), see https:\/\/hub\.example\/\?subject=203\.0\.113\.9/.exec(
      refused.text,
    )?.[1];
    // The id leads to the decision in the log, which does not have the address.
    expect(policyd.log).toContain(`"id":"${id ?? 'none'}","action":"reject"`);
    expect(policyd.log).not.toContain(BAD);
    expect(await offerMail(postfix.port, BAD_IPV6)).toMatchObject({ at: 'RCPT', code: 554 });

    expect(await offerMail(postfix.port, SHAPED)).toMatchObject({ code: 250 });
    expect(await offerMail(postfix.port, SHAPED)).toMatchObject({ code: 250 });
    // The rate is that of the network.
    expect(await offerMail(postfix.port, SHAPED)).toMatchObject({ at: 'RCPT', code: 450 });

    expect(await offerMail(postfix.port, DEEP)).toMatchObject({ code: 250 });
    await eventually(async () => (await postfix.messages('deep')).length === 1);

    expect(await offerMail(postfix.port, CLEAN)).toMatchObject({ code: 250 });
    expect(await offerMail(postfix.port, CLEAN_IPV6)).toMatchObject({ code: 250 });
    const tagged = {
      recipients: ['a@isp.example', 'b@isp.example'],
      extraHeader: 'X-Sekisho: none\r\n',
    };
    expect(await offerMail(postfix.port, TAGGED, tagged)).toMatchObject({ code: 250 });
    await eventually(async () => (await postfix.messages()).length === 6);
    const headers = (await postfix.messages()).flatMap((message) => message.match(/^X-Sekisho:.*$/gm) ?? []);
    // One for each message, above whatever the sender wrote itself.
    const own: unknown = expect.stringMatching(/^X-Sekisho: spam-source; score=\d+; id=[0-9a-f]{12}$/);
    expect(headers).toEqual([own, 'X-Sekisho: none', own, 'X-Sekisho: none']);
  });

  it('lets mail flow within the timeout when the edge gives error codes, is silent, or policyd is killed', async () => {
    relay.pointTo(deniedEdge.port);
    await using policyd = await PolicydProcess.start([
      ...['--listen=127.0.0.1:0', `--edge=${relay.address}:53`, '--http=127.0.0.1:0'],
      `--policy=${join(folder, 'policy.yaml')}`,
    ]);
    await using postfix = await policyPostfix(policyd.port);
    expect(await offerMail(postfix.port, BAD)).toMatchObject({ code: 250 });
    expect(await policyd.metric('sekisho_policyd_fail_open_total{reason="error-code"}')).toBe(1);
    relay.pointTo(federation.dnsPort);
    await eventually(async () => (await policyd.metric('sekisho_policyd_edge_usable')) === 1);
    expect(await offerMail(postfix.port, BAD)).toMatchObject({ code: 554 });
    relay.pointTo(undefined);
    const silent = await offerMail(postfix.port, '203.0.113.50');
    expect(silent.code).toBe(250);
    expect(silent.ms).toBeLessThan(2_000);
    await policyd.logged('the edge cannot be used');
    policyd.child.kill('SIGKILL');
    expect(await offerMail(postfix.port, BAD)).toMatchObject({ code: 250 });
  });
});

async function policyPostfix(port: number): Promise<PostfixServer> {
  const main = await shipped('policy.cf', (text) => text.replace('127.0.0.1:10040', `127.0.0.1:${port}`));
  const master = (await readFile(new URL('deep-queue.master.cf', SHIPPED), 'utf8')).replace(
    /smtp$/m,
    'virtual -o virtual_mailbox_base=FOLDER/deep',
  );
  return PostfixServer.start({
    main,
    master: master.replace(/-(\s+)-(\s+)n/, '-$1n$2n'),
    nameserver: relay.address,
  });
}
