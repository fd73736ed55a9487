// A zone that lists everybody, or nobody, is not believed: the policy daemon as a process, and real name servers with broken zones.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EdgeFixture } from '../conformance/edge-fixture.js';
import { eventually } from '../conformance/edge-process.js';
import { NamedProcess } from '../conformance/named-process.js';
import { DnsRelay } from './dns-relay.js';
import { PolicydProcess } from './policyd-process.js';

const BAD = '203.0.113.9';
const CLEAN = '192.0.2.77';
/** Whoever else is asked about while the zone is broken. */
const OTHERS = Array.from({ length: 50 }, (_, i) => `198.51.100.${i + 1}`);
const SELF_TEST = 'sekisho_policyd_fail_open_total{reason="self-test"}';
const ZONE_HEAD =
  '$TTL 60\n@ SOA ns.z.example. hostmaster.z.example. 1 60 60 60 60\n@ NS ns.z.example.\nns A 127.0.0.1\n';

let folder: string;
let fixture: EdgeFixture;
let relay: DnsRelay;
let policyd: PolicydProcess;
let honest: number;
let all: NamedProcess;
let nobody: NamedProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-self-test-'));
  fixture = await EdgeFixture.create();
  fixture.hub.publish('ip', { [BAD]: ['127.0.95.3'] });
  honest = (await fixture.startLoaded()).port;
  all = await startNamed('all', '* A 127.0.95.3\n');
  nobody = await startNamed('nobody', '');
  relay = await DnsRelay.open();
  relay.pointTo(honest);
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, 'version: 1\nrules: [{ category: any, action: reject }]\n');
  policyd = await PolicydProcess.start([
    ...['--listen=127.0.0.1:0', `--edge=${relay.address}:53`, '--http=127.0.0.1:0', `--policy=${policy}`],
  ]);
});

afterAll(async () => {
  await policyd[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await all[Symbol.asyncDispose]();
  await nobody[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function startNamed(name: string, records: string): Promise<NamedProcess> {
  const own = join(folder, name);
  await mkdir(own);
  await writeFile(join(own, 'zone'), `${ZONE_HEAD}${records}`);
  return NamedProcess.start(own, { 'z.example': 'zone' });
}

async function answersTo(...addresses: readonly string[]): Promise<string[]> {
  const socket = connect({ port: policyd.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.end(
    addresses
      .map((one) => `request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${one}\n\n`)
      .join(''),
  );
  const text = (await socket.setEncoding('utf8').toArray()).join('');
  return text.split('\n\n').slice(0, -1);
}
const isUsable = async () => (await policyd.metric('sekisho_policyd_edge_usable')) === 1;
const health = async () => {
  const response = await fetch(`http://127.0.0.1:${policyd.httpPort}/health/ready`);
  return { status: response.status, text: await response.text() };
};
const REJECTED: unknown = expect.stringMatching(/^action=REJECT 5\.7\.1 /);

it.each([
  ['everybody', () => all],
  ['nobody', () => nobody],
])(
  'a zone that lists %s: no opinion of anybody, counted and alarmed, until it is good again',
  async (_, broken) => {
    await eventually(isUsable);
    expect(await health()).toEqual({ status: 200, text: 'ok\n' });
    expect(await answersTo(BAD, CLEAN)).toEqual([REJECTED, 'action=DUNNO']);

    const faults = policyd.log.split('"reason":"self-test"').length;
    relay.pointTo(broken().port);
    // What it says in the moments before the next self-test must not outlast them.
    await answersTo('192.0.2.78');
    await eventually(async () => !(await isUsable()));
    await eventually(() => Promise.resolve(policyd.log.split('"reason":"self-test"').length > faults));
    expect(policyd.log).toContain('the edge cannot be used: mail flows unjudged');
    expect(await health()).toEqual({ status: 503, text: 'the edge cannot be used: self-test\n' });
    const before = await policyd.metric(SELF_TEST);
    const startedAt = performance.now();
    const answers = await answersTo(BAD, CLEAN, '192.0.2.78', ...OTHERS);
    expect(new Set(answers)).toEqual(new Set(['action=DUNNO']));
    expect(answers).toHaveLength(OTHERS.length + 3);
    // Nobody is asked, so nobody waits.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect((await policyd.metric(SELF_TEST)) - before).toBe(answers.length);
    await policyd.logged('mail flows unjudged: the edge gave no answer that counts');

    relay.pointTo(honest);
    await eventually(isUsable);
    expect(await health()).toMatchObject({ status: 200 });
    expect(await answersTo(BAD, CLEAN, '192.0.2.78')).toEqual([REJECTED, 'action=DUNNO', 'action=DUNNO']);
  },
);
