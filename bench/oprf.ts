// Sign-up checks end to end: hub, trustee and database as processes of their own, members in this one, on the same cores.
//   npm run bench:oprf -- --checks 300 --in-flight 8 --sustained 6000
// "Sustained" is what the system itself carries: the requests of the members (two evaluations and the check) were made
// before, and are sent without verifying the answers' proofs.
import { HubSession, SubscriberAgent, systemRuntime, type ClientRuntime } from '@sekisho/client';
import { canonicalise } from '@sekisho/identifier';
import { Federation } from '@sekisho/testing';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBenchDatabase } from '#harness/database';
import { inFull, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { RequestSender, type PreparedRequest } from '#harness/prepared-requests';
import { childRunning, ownSeconds, treeSeconds } from '#harness/processor-time';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: '300' },
    'in-flight': { type: 'string', default: '8' },
    sustained: { type: 'string', default: '6000' },
  },
});
const checks = Number(values.checks);
const inFlight = Number(values['in-flight']);
const sustained = Number(values.sustained);
const TODAY = new Date().toISOString().slice(0, 10);

/** Five identifiers of a person who is nobody. */
const applicant = (n: number) => [
  { type: 'phone', number: `090-${String(1000 + (n % 9000))}-${String(1000 + ((n * 7) % 9000))}` } as const,
  { type: 'address', text: `東京都千代田区丸の内1-${String((n % 30) + 1)}-${String((n % 9) + 1)}` } as const,
  { type: 'name-birth', name: '山田太郎', birthDate: `19${String(60 + (n % 40))}-04-01` } as const,
  { type: 'email', address: `person${String(n)}@isp.example` } as const,
  { type: 'phone', number: `03-${String(3000 + (n % 6000))}-${String(1000 + (n % 9000))}` } as const,
];

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, {
  processes: ['hub', 'trustee'],
  env: { SEKISHO_TRUSTEE_QUOTA: '99999999', SEKISHO_CHECK_QUOTA: '9999999' },
});
const member = await federation.member('isp-a');
const agent = await SubscriberAgent.open(await member.session(), join(federation.directory, 'isp-a'));
await agent.declareSignUps(TODAY, 1_000_000);
const said = { noticeVersion: '1', legalBasis: 'consent' } as const;

const pids = {
  hub: childRunning('apps/hub/dist/main.js'),
  trustee: childRunning('apps/trustee/dist/main.js'),
};
const used = () => ({
  hub: ownSeconds(pids.hub),
  trustee: ownSeconds(pids.trustee),
  postgres: treeSeconds(database.pid),
  member: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
});
type Used = ReturnType<typeof used>;

interface Run {
  readonly latencies: readonly number[];
  readonly seconds: number;
  /** Processor seconds of each process. */
  readonly spent: Used;
}

/** Does `work` `count` times, `lanes` at once. */
async function run(count: number, lanes: number, work: (n: number) => Promise<unknown>): Promise<Run> {
  const latencies: number[] = [];
  const before = used();
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++;
      const sentAt = performance.now();
      await work(n);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = used();
  const spent = Object.fromEntries(
    Object.entries(after).map(([name, total]) => [name, total - before[name as keyof Used]]),
  ) as unknown as Used;
  return { latencies, seconds, spent };
}

let person = 0;
const check = () => agent.check(applicant(person++), said);
const month = TODAY.slice(0, 7);
const batch = applicant(0)
  .flatMap((source) => canonicalise(source))
  .slice(0, 5);
const evaluate = () => agent.oprf.seal(batch, month, 'check');

await run(50, 2, check);
const alone = await run(checks, 1, check);
const loaded = await run(checks, inFlight, check);
const evaluations = await run(checks, inFlight, evaluate);

/** The requests of one check; the check itself is kept from the hub, so that it is new when it is sent. */
async function prepareChecks(count: number): Promise<PreparedRequest[][]> {
  let requests: PreparedRequest[] = [];
  const runtime: ClientRuntime = {
    ...systemRuntime,
    fetch: (url, init) => {
      const { method, headers, body } = init;
      if (method !== 'POST' || typeof body !== 'string') return systemRuntime.fetch(url, init);
      const isCheck = body.includes('checkSubscriber');
      if (isCheck || url.endsWith('/oprf/evaluate')) {
        requests.push({ url, body, headers: { ...(headers as Record<string, string>) } });
      }
      const none = { data: { checkSubscriber: { strength: 'none', matches: [] } } };
      return isCheck ? Promise.resolve(Response.json(none)) : systemRuntime.fetch(url, init);
    },
  };
  const session = await HubSession.open((await member.session()).member, { runtime });
  const recorded = await SubscriberAgent.open(session, join(federation.directory, 'isp-a'), runtime);
  const prepared: PreparedRequest[][] = [];
  for (let i = 0; i < count; i++) {
    requests = [];
    await recorded.check(applicant(person++), said);
    prepared.push(requests);
  }
  return prepared;
}

const prepared = await prepareChecks(sustained);
const sender = new RequestSender(3 * inFlight);
const carried = await run(sustained, inFlight, async (n) => {
  const [hub, trustee, question] = prepared[n] ?? [];
  if (!hub || !trustee || !question) throw new Error('a check is two evaluations and one question');
  await Promise.all([hub, trustee].map((one) => sender.send(one, (text) => text.includes('"proof"'))));
  await sender.send(question, (text) => text.includes('"strength"') && !text.includes('"errors"'));
});
sender.close();

console.log(describeMachine(database.version));
const perCheck = (seconds: number, count = checks) => ((seconds * 1000) / count).toFixed(2);
printTable(
  ['checks of 5 identifiers', 'checks/s', 'p50 ms', 'p99 ms', 'CPU ms: hub', 'trustee', 'postgres', 'member'],
  (
    [
      ['one at a time', alone],
      [`${String(inFlight)} at a time`, loaded],
      [`sustained, ${inFull(carried.seconds)} s`, carried],
    ] as const
  ).map(([title, { latencies, seconds, spent }]) => [
    title,
    inFull(latencies.length / seconds),
    percentile(latencies, 0.5).toFixed(1),
    percentile(latencies, 0.99).toFixed(1),
    ...[spent.hub, spent.trustee, spent.postgres, spent.member].map((used) =>
      perCheck(used, latencies.length),
    ),
  ]),
);
printTable(
  ['evaluation of 5 elements, with proof', 'CPU ms', 'elements/s on one core'],
  (['hub', 'trustee'] as const).map((party) => [
    party,
    perCheck(evaluations.spent[party]),
    inFull((checks * batch.length) / evaluations.spent[party]),
  ]),
);
