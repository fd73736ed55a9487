// Sustained ingest of signed envelopes of 500 reports, from the HTTP request to the answer 202, which is given when the
// rows are committed. The generator, which makes, signs and sends the envelopes, runs on the same cores.
//   npm run bench:ingest -- --seconds 10 --subjects 200000 --in-flight 12
//   --rate 10000       of the row in which the rate is given, and not as high as it gets
//   --only hub|system|rate  one row only
//   --profile DIR      V8 profiles of hub, worker and dns into DIR
//   --statements       what the database did
import { signEnvelope, submitEnvelope } from '@sekisho/client';
import { Federation, type FederationMember, type ProcessName } from '@sekisho/testing';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printStatements, startBenchDatabase, type BenchDatabase } from '#harness/database';
import { inFull, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { childRunning, ownSeconds, treeSeconds } from '#harness/processor-time';
import { randomness, reportSource } from '#harness/report-source';

const ENVELOPE = 500;
const MEMBERS = 8;
const WARM_UP_MS = 4_000;
/** Scoring that has not caught up after this time is reported as it stands. */
const CATCH_UP_MS = 30_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    subjects: { type: 'string', default: '200000' },
    'in-flight': { type: 'string', default: '12' },
    only: { type: 'string' },
    profile: { type: 'string' },
    rate: { type: 'string', default: '10000' },
    statements: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);

interface Sent {
  readonly latenciesMs: readonly number[];
  readonly reports: number;
  readonly seconds: number;
  readonly signingSeconds: number;
}

/** Keeps envelopes under way until the time is over; no more reports a second than `rate`. */
async function send(
  members: readonly FederationMember[],
  url: string,
  { milliseconds, rate }: { milliseconds: number; rate: number },
): Promise<Sent> {
  const latenciesMs: number[] = [];
  let reports = 0;
  let signingMs = 0;
  let begun = 0;
  const startedAt = performance.now();
  const lane = async (i: number) => {
    const member = members[i % members.length];
    if (!member) throw new Error('no member');
    const next = reportSource(Number(values.subjects), randomness(i + 1 + milliseconds));
    for (;;) {
      const dueMs = (begun++ * ENVELOPE * 1000) / rate;
      if (Math.max(dueMs, performance.now() - startedAt) >= milliseconds) return;
      const early = startedAt + dueMs - performance.now();
      if (early > 0) await sleep(early);
      const batch = next(ENVELOPE, Date.now());
      const before = performance.now();
      const envelope = await signEnvelope(member.enrolled, batch, { now: Date.now(), jti: randomUUID() });
      const sentAt = performance.now();
      const { accepted } = await submitEnvelope(url, envelope);
      if (accepted !== ENVELOPE) throw new Error(`${accepted} of ${ENVELOPE} reports were accepted`);
      latenciesMs.push(performance.now() - sentAt);
      signingMs += sentAt - before;
      reports += accepted;
    }
  };
  await Promise.all(Array.from({ length: Number(values['in-flight']) }, (_, i) => lane(i)));
  const elapsed = Math.max(milliseconds, performance.now() - startedAt) / 1000;
  return { latenciesMs, reports, seconds: elapsed, signingSeconds: signingMs / 1000 };
}

async function unscored(database: BenchDatabase): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    'SELECT count(*) FROM receipt WHERE scored_at IS NULL',
  );
  return Number(row?.count);
}

async function stored(database: BenchDatabase): Promise<number> {
  const [row] = await database.query<{ count: string }>('SELECT count(*) FROM sighting');
  return Number(row?.count);
}

/** Seconds until every receipt is scored, or undefined. */
async function catchUp(database: BenchDatabase): Promise<number | undefined> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < CATCH_UP_MS) {
    if ((await unscored(database)) === 0) return (performance.now() - startedAt) / 1000;
    await sleep(250);
  }
  return undefined;
}

async function measure(
  title: string,
  processes: readonly ProcessName[],
  rate = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  await using database = await startBenchDatabase({ hasStatements: values.statements });
  version = database.version;
  const profile = values.profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` };
  await using federation = await Federation.start(database.url, {
    processes,
    env: { SEKISHO_DEMO: 'no', SEKISHO_DNS_RRL: 'off', ...profile },
  });
  const members: FederationMember[] = [];
  for (let i = 0; i < MEMBERS; i++) members.push(await federation.member(`isp-${String(i + 1)}`));
  const url = `${federation.hubUrl}/reports`;
  const pidOf = (name: ProcessName) => childRunning(`apps/${name}/dist/main.js`);
  const pids = new Map(processes.map((name) => [name, pidOf(name)] as const));
  const times = () => ({
    generator: ownSeconds(process.pid),
    postgres: treeSeconds(database.pid),
    ...Object.fromEntries([...pids].map(([name, pid]) => [name, ownSeconds(pid)])),
  });

  const start: Record<string, number> = times();
  const warmUp = await send(members, url, { milliseconds: WARM_UP_MS, rate });
  const before: Record<string, number> = times();
  const sent = await send(members, url, { milliseconds: seconds * 1000, rate });
  const after: Record<string, number> = times();
  const isScored = processes.includes('worker');
  const behind = isScored ? await unscored(database) : undefined;
  const caughtUp = isScored ? await catchUp(database) : undefined;
  const rows = await stored(database);
  if (rows !== warmUp.reports + sent.reports) {
    throw new Error(`${warmUp.reports + sent.reports} reports were acknowledged and ${rows} are stored`);
  }
  const end: Record<string, number> = times();
  if (values.statements) await printStatements(database, 25);
  const perThousand = (name: string) =>
    name in after ? (((after[name] ?? 0) - (before[name] ?? 0)) / (sent.reports / 1000)).toFixed(3) : '-';
  const inAll = (name: string) => (((end[name] ?? 0) - (start[name] ?? 0)) / (rows / 1000)).toFixed(3);
  if (isScored) {
    console.log(
      `${title}: ${inFull(rows)} reports received and scored, processor seconds per 1,000: ` +
        ['hub', 'postgres', 'worker', 'dns'].map((name) => `${name} ${inAll(name)}`).join(', '),
    );
  }
  return [
    title,
    inFull(sent.reports / sent.seconds),
    percentile(sent.latenciesMs, 0.5).toFixed(0),
    percentile(sent.latenciesMs, 0.99).toFixed(0),
    ...['hub', 'postgres', 'worker', 'dns', 'generator'].map((name) => perThousand(name)),
    behind === undefined ? '-' : inFull(behind),
    isScored ? (caughtUp?.toFixed(0) ?? `> ${String(CATCH_UP_MS / 1000)}`) : '-',
  ];
}

let version = '';
const rows: string[][] = [];
const isWanted = (row: string) => values.only === undefined || values.only === row;
const everything = ['hub', 'worker', 'dns'] as const;
if (isWanted('hub')) rows.push(await measure('hub alone, as fast as it takes them', ['hub']));
if (isWanted('system')) rows.push(await measure('whole system, as fast as it takes them', everything));
if (isWanted('rate'))
  rows.push(await measure('whole system, at a given rate', everything, Number(values.rate)));
console.log(describeMachine(version));
console.log(
  `${String(seconds)} s, envelopes of ${String(ENVELOPE)}, ${String(MEMBERS)} members, ` +
    `${inFull(Number(values.subjects))} addresses, ${values['in-flight']} envelopes in flight`,
);
printTable(
  [
    ...['', 'reports/s', 'p50 ms', 'p99 ms', 'hub', 'postgres', 'worker', 'dns', 'generator'],
    ...['receipts behind', 's to catch up'],
  ],
  rows,
);
console.log('hub to generator: processor seconds per 1,000 reports while sending');
