// The whole system under everything at once, at an even rate: signed reports, GraphQL, DNS, events of members. The generator
// runs on the same cores.
//   npm run bench:system -- --seconds 30 --reports 2000 --graphql 20 --dns 2000 --events 10
//   npm run bench:system -- --minutes 30        soak: says whether memory, handles, connections and tables stay flat
import { signEnvelope, submitEnvelope, type HubSession } from '@sekisho/client';
import { Federation, nameOf, reportOf, type FederationMember, type ProcessName } from '@sekisho/testing';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBenchDatabase, type BenchDatabase } from '#harness/database';
import { DnsWatch } from '#harness/dns-watch';
import { inFull, printTable } from '#harness/figures';
import { flatness } from '#harness/flatness';
import { describeMachine } from '#harness/machine';
import { keepPace, PACE_HEAD, paceRow, ToldToWait } from '#harness/paced';
import { ownSeconds, treeSeconds } from '#harness/processor-time';
import { addressOf, randomness, reportSource } from '#harness/report-source';
import { vitalSignsOf } from '#harness/vital-signs';
import { APEX, DATA_SETS, queriesOf } from './dns-data.ts';
import type { Load, LoadResult } from './dns-generator.ts';

const ENVELOPE = 100;
const SUBJECTS = 20_000;
const ASKED = 100;
const WARM_UP_MS = 5_000;
const PROCESSES = ['hub', 'worker', 'dns'] as const;
const PROBES_PER_SECOND = 1;
const SAMPLES = 90;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    minutes: { type: 'string' },
    reports: { type: 'string', default: '2000' },
    graphql: { type: 'string', default: '20' },
    dns: { type: 'string', default: '2000' },
    events: { type: 'string', default: '10' },
  },
});
const seconds = values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60;
const rates = {
  envelopes: Number(values.reports) / ENVELOPE,
  graphql: Number(values.graphql),
  dns: Number(values.dns),
  events: Number(values.events),
};

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, {
  processes: [...PROCESSES],
  env: { SEKISHO_DEMO: 'no', SEKISHO_DNS_RRL: 'off', SEKISHO_ZONE: APEX },
});
const reporters: FederationMember[] = [];
for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) reporters.push(await federation.member(id));
const owner = await (await federation.member('isp-o', { networks: ['1.0.0.0/8'] })).session();
const sessions = await Promise.all(reporters.map((member) => member.session()));
const random = randomness(1);
const next = reportSource(SUBJECTS, random);
await using watch = await DnsWatch.open(federation.dnsPort);

const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

async function report(): Promise<void> {
  const member = pick(reporters);
  const envelope = await signEnvelope(member.enrolled, next(ENVELOPE, Date.now()), {
    now: Date.now(),
    jti: randomUUID(),
  });
  await submitEnvelope(`${federation.hubUrl}/reports`, envelope);
}

const ask = (): Promise<unknown> =>
  pick(sessions).lookup(
    Array.from({ length: ASKED }, () => ({
      type: 'ip' as const,
      value: addressOf(Math.floor(SUBJECTS * random() ** 2)),
    })),
  );

const settled: string[] = [];
async function poll(session: HubSession): Promise<void> {
  const ack = settled.splice(0, 100);
  const answer = await fetch(`${federation.hubUrl}/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await session.accessToken()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ack, returnImmediately: true }),
  });
  if (answer.status === 429 || answer.status === 503) throw new ToldToWait();
  const { sets } = (await answer.json()) as { sets: Record<string, string> };
  settled.push(...Object.keys(sets));
}

let probes = 0;
/** From the last of three reports to the answer of the edge. */
async function probe(): Promise<void> {
  const number = probes++;
  const ip = `9.${String((number >> 16) & 255)}.${String((number >> 8) & 255)}.${String(number & 255)}`;
  for (const member of reporters.slice(0, 3)) await member.submit(reportOf(ip));
  await watch.answered(nameOf(ip, `ip.${APEX}`));
}

/** DNS comes from a process of its own, in slices, so that a soak keeps a sample of its latencies only. */
async function dnsSlice(sliceSeconds: number): Promise<LoadResult> {
  const [data] = DATA_SETS;
  if (!data) throw new Error('no data set');
  const { queries, queryBytes } = queriesOf(data);
  const child = fork(fileURLToPath(new URL('./dns-generator.ts', import.meta.url)), [], {
    serialization: 'advanced',
  });
  const answer = once(child, 'message') as Promise<[LoadResult]>;
  const load: Load = {
    ...{ port: federation.dnsPort, queries, queryBytes, seconds: sliceSeconds },
    ...{ window: 0, rate: rates.dns },
  };
  child.send(load);
  const [result] = await answer;
  child.kill();
  return result;
}

const paces = (milliseconds: number) =>
  Promise.all([
    keepPace(
      {
        name: `reports, ${String(ENVELOPE)} each: to the 202`,
        perSecond: rates.envelopes,
        atMost: 60,
        work: report,
      },
      milliseconds,
    ),
    keepPace(
      { name: `GraphQL, ${String(ASKED)} reputations`, perSecond: rates.graphql, atMost: 60, work: ask },
      milliseconds,
    ),
    keepPace(
      { name: 'events, one poll', perSecond: rates.events, atMost: 30, work: () => poll(owner) },
      milliseconds,
    ),
    keepPace(
      { name: 'third report to the DNS answer', perSecond: PROBES_PER_SECOND, atMost: 30, work: probe },
      milliseconds,
    ),
  ]);

type Sample = Readonly<Record<string, number>>;

const pidOf = (name: ProcessName) => federation.pidOf(name) ?? 0;

async function sample(from: BenchDatabase): Promise<Sample> {
  const [row] = await from.query<{ connections: number; dead: number }>(
    `SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections,
       (SELECT coalesce(100.0 * sum(n_dead_tup) / nullif(sum(n_live_tup + n_dead_tup), 0), 0)::float8
          FROM pg_stat_user_tables) AS dead`,
  );
  const signs = PROCESSES.map((name) => [name, vitalSignsOf(pidOf(name))] as const);
  return {
    ...Object.fromEntries(signs.map(([name, { residentMiB }]) => [`${name}, memory MiB`, residentMiB])),
    ...Object.fromEntries(signs.map(([name, { handles }]) => [`${name}, handles`, handles])),
    'database connections': row?.connections ?? 0,
    'dead rows, percent': row?.dead ?? 0,
  };
}

/**
 * Growth that is not taken for a leak: garbage that is not collected yet, connections of a pool, rows before the next vacuum. How
 * many connections clients have open at a moment depends on how long they wait: handles are judged by their least.
 */
const toleranceOf = (figure: string) =>
  figure.endsWith('MiB')
    ? ({ share: 0.1, least: 16, by: 'median' } as const)
    : figure.includes('dead')
      ? ({ share: 0, least: 15, by: 'median' } as const)
      : ({ share: 0.1, least: 4, by: 'least' } as const);

await paces(WARM_UP_MS);
const samples: Sample[] = [];
const stop = new AbortController();
const sampling = (async () => {
  while (!stop.signal.aborted) {
    samples.push(await sample(database));
    await sleep((seconds * 1_000) / SAMPLES, undefined, { signal: stop.signal }).catch(() => undefined);
  }
})();
const times = (): Record<string, number> => ({
  ...Object.fromEntries(PROCESSES.map((name) => [name, ownSeconds(pidOf(name))])),
  postgres: treeSeconds(database.pid),
  generator: ownSeconds(process.pid),
});
const before = times();
const slices: LoadResult[] = [];
const asking = (async () => {
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end - 1_000) {
    slices.push(await dnsSlice(Math.min(30, Math.round((end - performance.now()) / 1_000))));
  }
})();
const results = await paces(seconds * 1_000);
await asking;
const after = times();
stop.abort();
await sampling;

console.log(describeMachine(database.version));
console.log(
  `${inFull(seconds)} s, processor seconds a second: ` +
    Object.entries(after)
      .map(([name, used]) => `${name} ${((used - (before[name] ?? 0)) / seconds).toFixed(2)}`)
      .join(', '),
);
const total = (of: (slice: LoadResult) => number) => slices.reduce((sum, slice) => sum + of(slice), 0);
const worst = (of: (slice: LoadResult) => number) => Math.max(...slices.map(of));
const lost = total(({ sent, answered }) => sent - answered);
printTable(PACE_HEAD, [
  ...results.map((result) => paceRow(result, seconds)),
  [
    ...[
      'DNS (the worst slice)',
      (total(({ answered }) => answered) / total((one) => one.seconds)).toFixed(1),
    ],
    ...[worst(({ p50Ms }) => p50Ms).toFixed(1), '-', worst(({ p99Ms }) => p99Ms).toFixed(1)],
    ...[worst(({ longestMs }) => longestMs).toFixed(0), '0', String(lost), '0'],
  ],
]);
const failed = results.reduce((sum, one) => sum + one.failed, 0) + lost;
const growing: string[] = [];
if (values.minutes !== undefined) {
  const rows = Object.keys(samples[0] ?? {}).map((figure) => {
    const judged = flatness(
      samples.map((one) => one[figure] ?? 0),
      toleranceOf(figure),
    );
    if (!judged.isFlat) growing.push(figure);
    const { medians, leasts } = judged;
    const shown = [medians, leasts].map((pair) => pair.map((one) => one.toFixed(1)).join(' → '));
    return [figure, ...shown, judged.isFlat ? 'flat' : 'GROWS'];
  });
  const head = [`${String(samples.length)} samples, middle third → last third`, 'median', 'least', ''];
  printTable(head, rows);
}
console.log(
  failed === 0 ? 'Nothing failed.' : `${String(failed)} of all failed or were lost.`,
  values.minutes === undefined
    ? ''
    : growing.length === 0
      ? 'Everything is flat.'
      : `Not flat: ${growing.join('; ')}.`,
);
process.exitCode = failed === 0 && growing.length === 0 ? 0 : 1;
