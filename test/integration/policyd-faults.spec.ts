// Mail goes on: a stream of SMTP sessions through Postfix while hub, edge and policy daemon are killed.
import {
  createTestDatabase,
  digUntil,
  Federation,
  freePort,
  nameOf,
  reportOf,
  type TestDatabase,
} from '@sekisho/testing';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import { PolicydProcess } from './policyd-process.js';
import { PostfixServer } from './postfix-server.js';
import { offerMail, type SmtpOutcome } from './smtp-delivery.js';

const BAD = '203.0.113.9';
const MESSAGES = 1_000;
const SENDERS_AT_ONCE = 6;
/** Offered between two faults, and after the last. */
const QUIET_MESSAGES = 100;
const RESTART_MS = 60_000;
/** Of policy.cf. */
const POLICY_TIMEOUT_MS = 1_000;

interface Delivery extends SmtpOutcome {
  readonly number: number;
  readonly isBad: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the kill until everything is back. */
interface Fault {
  readonly killed: readonly string[];
  /** Whether what is listed may pass. */
  readonly mayPass: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

let database: TestDatabase;
let federation: Federation;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-policyd-faults-'));
  await writeFile(join(folder, 'policy.yaml'), 'version: 1\nrules: [{ category: any, action: reject }]\n');
  const owner = await federation.member('owner', { networks: ['203.0.113.0/24'] });
  await owner.submit(reportOf(BAD, { evidence: 'owner' }));
  await digUntil(federation, nameOf(BAD), ({ length }) => length > 0);
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('delivers or refuses each of 1,000 messages while hub, edge and policyd are killed', async () => {
  const port = await freePort();
  const instances: PolicydProcess[] = [];
  const startPolicyd = async () => {
    const started = await PolicydProcess.start([
      ...[`--listen=127.0.0.1:${port}`, `--edge=127.0.0.1:${federation.dnsPort}`, '--http=127.0.0.1:0'],
      `--policy=${join(folder, 'policy.yaml')}`,
    ]);
    instances.push(started);
  };
  const newest = () => {
    const last = instances.at(-1);
    if (!last) throw new Error('no policyd was started');
    return last;
  };
  const isInForce = async () => (await newest().metric('sekisho_policyd_edge_usable')) === 1;
  await startPolicyd();
  await eventually(isInForce);
  const shipped = await readFile(new URL('../../integrations/postfix/policy.cf', import.meta.url), 'utf8');
  await using postfix = await PostfixServer.start({
    // Servers are kept, so that their connections to policyd break.
    main: `${shipped.replace('127.0.0.1:10040', `127.0.0.1:${port}`)}max_use = 100\n`,
    nameserver: '127.0.0.1',
  });

  const deliveries: Delivery[] = [];
  let offered = 0;
  let areFaultsOver = false;
  const send = async () => {
    while (offered < MESSAGES || !areFaultsOver) {
      const number = offered++;
      const isBad = number % 4 === 0;
      const fromMs = performance.now();
      const sender = isBad ? BAD : `192.0.2.${(number % 250) + 1}`;
      const outcome = await offerMail(postfix.port, sender, { extraHeader: `X-Number: ${number}\r\n` });
      deliveries.push({ ...outcome, number, isBad, fromMs, toMs: performance.now() });
    }
  };
  const faults: Fault[] = [];
  const strike = async (killed: readonly string[], mayPass: boolean) => {
    const before = deliveries.length;
    await eventually(() => Promise.resolve(deliveries.length >= before + QUIET_MESSAGES), RESTART_MS);
    const fromMs = performance.now();
    await Promise.all([
      ...(['hub', 'dns'] as const)
        .filter((name) => killed.includes(name))
        .map((name) => federation.stop(name, 'SIGKILL')),
      ...(killed.includes('policyd') ? [killPolicyd()] : []),
    ]);
    // Mail comes while it is away, too.
    const atDeath = deliveries.length;
    await eventually(() => Promise.resolve(deliveries.length >= atDeath + 20), RESTART_MS);
    for (const name of ['hub', 'dns'] as const) if (killed.includes(name)) await federation.run(name);
    if (killed.includes('policyd')) await startPolicyd();
    await eventually(isInForce, RESTART_MS);
    faults.push({ killed, mayPass, fromMs, toMs: performance.now() });
  };
  const killPolicyd = async () => {
    const { child } = newest();
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const strikeAll = async () => {
    await strike(['hub'], false);
    await strike(['policyd'], true);
    await strike(['dns'], true);
    await strike(['hub', 'dns', 'policyd'], true);
    const before = deliveries.length;
    await eventually(() => Promise.resolve(deliveries.length >= before + QUIET_MESSAGES), RESTART_MS);
    areFaultsOver = true;
  };
  try {
    await Promise.all([strikeAll(), ...Array.from({ length: SENDERS_AT_ONCE }, send)]);
  } finally {
    areFaultsOver = true;
    await newest()[Symbol.asyncDispose]();
  }

  expect(deliveries.length).toBeGreaterThanOrEqual(MESSAGES);
  const during = ({ fromMs, toMs }: Delivery) =>
    faults.find((fault) => toMs >= fault.fromMs && fromMs <= fault.toMs);
  const accepted = deliveries.filter(({ at, code }) => at === 'DATA' && code === 250);
  const refused = deliveries.filter(({ at, code }) => at === 'RCPT' && code === 554);
  // Nothing else happened to any of them, and only what is listed was refused.
  expect(accepted.length + refused.length).toBe(deliveries.length);
  expect(refused.filter(({ isBad }) => !isBad)).toEqual([]);
  // What is listed passed only while policyd or the edge were away; without the hub the policy holds.
  expect(accepted.filter((one) => one.isBad && during(one)?.mayPass !== true)).toEqual([]);
  expect(faults.map(({ killed }) => killed.join())).toEqual(['hub', 'policyd', 'dns', 'hub,dns,policyd']);
  for (const { killed, mayPass } of faults) {
    const then = deliveries.filter((one) => during(one)?.killed === killed && one.isBad);
    expect(then.some(({ code }) => code === (mayPass ? 250 : 554))).toBe(true);
  }
  // Each refusal names a decision.
  const logs = instances.map(({ log }) => log).join('\n');
  const ids = refused.map(({ text }) => /id ([0-9a-f]{12})/.exec(text)?.[1] ?? 'none');
  expect(ids).not.toContain('none');
  expect(new Set(ids).size).toBe(ids.length);
  expect(logs).toContain(`"id":"${ids.at(-1) ?? ''}"`);

  // In the mailbox is what was accepted, each once.
  await eventually(async () => (await postfix.messages()).length >= accepted.length, RESTART_MS);
  const numbers = (await postfix.messages()).map((text) => Number(/^X-Number: (\d+)/m.exec(text)?.[1]));
  const ascending = (a: number, b: number) => a - b;
  expect(numbers.sort(ascending)).toEqual(accepted.map(({ number }) => number).sort(ascending));

  // A fault costs at most the timeout, beside what a busy machine takes at other times: a recipient, and a message from banner to end.
  const quiet = deliveries.filter((one) => during(one) === undefined);
  for (const measure of ['rcptMs', 'ms'] as const) {
    const slowestMs = (some: readonly Delivery[]) => Math.max(...some.map((one) => one[measure]));
    expect(slowestMs(deliveries), measure).toBeLessThan(POLICY_TIMEOUT_MS + slowestMs(quiet));
  }
}, 400_000);
