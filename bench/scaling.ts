// One and two workers on Redis with the same backlog, and what each kind of work costs each process: the figures of the
// capacity model (docs/scaling.md).
//   npm run bench:scaling -- --reports 40000
//   --save    into bench/scaling/measured.json, with which bench:scaling-model computes
import { signEnvelope, submitEnvelope } from '@sekisho/client';
import { Federation, freePort, type FederationMember, type ProcessInstance } from '@sekisho/testing';
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBenchDatabase, type BenchDatabase } from '#harness/database';
import { inFull, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { ownSeconds, treeSeconds } from '#harness/processor-time';
import { randomness, reportSource } from '#harness/report-source';
import { APEX, DATA_SETS, queriesOf } from './dns-data.ts';
import type { Load, LoadResult } from './dns-generator.ts';
import { COEFFICIENTS_FILE, type Coefficients } from './scaling/coefficients.ts';
import { slowDown } from './scaling/duty-cycle.ts';

const ENVELOPE = 500;
const MEMBERS = 8;
/** Of the time that a slowed worker runs: two of them need less than one core. */
const SLOW_SHARE = 0.25;
const DNS_SECONDS = 5;
const PATIENCE_MS = 300_000;

const { values } = parseArgs({
  options: { reports: { type: 'string', default: '40000' }, save: { type: 'boolean', default: false } },
});
const reports = Number(values.reports);

interface Run {
  readonly title: string;
  readonly workers: number;
  readonly seconds: number;
  /** Processor seconds for 1,000 reports. */
  readonly hub: number;
  readonly databaseStore: number;
  readonly databaseScore: number;
  readonly worker: number;
  readonly redis: number;
  readonly walPerReport: number;
  readonly perReport: number;
  readonly perSubject: number;
}

async function startRedis(): Promise<{ port: number; pid: number; stop: () => Promise<void> }> {
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', words, { stdio: 'ignore' });
  const exited = once(server, 'exit');
  await once(server, 'spawn');
  return {
    port,
    pid: server.pid ?? 0,
    stop: async () => {
      server.kill();
      await exited;
    },
  };
}

async function submitAll(members: readonly FederationMember[], url: string, count: number): Promise<void> {
  const next = reportSource(count, randomness(7));
  const now = Date.now();
  let left = count / ENVELOPE;
  const lane = async (member: FederationMember) => {
    while (left-- > 0) {
      const envelope = await signEnvelope(member.enrolled, next(ENVELOPE, now), {
        now: Date.now(),
        jti: randomUUID(),
      });
      await submitEnvelope(url, envelope);
    }
  };
  await Promise.all(members.map(lane));
}

const one = async <T extends object>(database: BenchDatabase, sql: string): Promise<T> => {
  const [row] = await database.query<T & Record<string, unknown>>(sql);
  if (!row) throw new Error('a question was answered with nothing');
  return row;
};

const walOf = async (database: BenchDatabase) =>
  Number((await one<{ at: string }>(database, `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS at`)).at);

async function measure(title: string, workers: number, share: number, count: number): Promise<Run> {
  await using database = await startBenchDatabase();
  version = database.version;
  const redis = await startRedis();
  const names: ProcessInstance[] = workers === 1 ? ['worker'] : ['worker', 'worker-2'];
  try {
    await using federation = await Federation.start(database.url, {
      processes: ['hub'],
      env: { SEKISHO_DEMO: 'no', SEKISHO_QUEUE_URL: `redis://127.0.0.1:${String(redis.port)}/0` },
    });
    const members: FederationMember[] = [];
    for (let i = 0; i < MEMBERS; i++) members.push(await federation.member(`isp-${String(i + 1)}`));
    for (const name of names) await federation.run(name);
    const url = `${federation.hubUrl}/reports`;
    const unscored = async () =>
      (
        await one<{ count: number }>(
          database,
          'SELECT count(*)::int AS count FROM receipt WHERE scored_at IS NULL',
        )
      ).count;
    const allScored = async () => {
      const deadline = performance.now() + PATIENCE_MS;
      while ((await unscored()) > 0) {
        if (performance.now() > deadline) throw new Error('scoring did not end');
        await sleep(50);
      }
    };
    // Code compiled, connections open.
    await submitAll(members, url, 10 * ENVELOPE);
    await allScored();
    for (const name of names) federation.signal(name, 'SIGSTOP');
    const workerSeconds = () => names.reduce((sum, name) => sum + ownSeconds(federation.pidOf(name) ?? 0), 0);
    const used = () => ({
      hub: ownSeconds(federation.pidOf('hub') ?? 0),
      database: treeSeconds(database.pid),
      redis: ownSeconds(redis.pid),
      worker: workerSeconds(),
    });
    const [start, wal] = [used(), await walOf(database)];
    await submitAll(members, url, count);
    const stored = used();
    const startedAt = performance.now();
    const runFreely = slowDown(federation, names, share);
    if (share === 1) await runFreely();
    await allScored();
    const seconds = (performance.now() - startedAt) / 1_000;
    if (share < 1) await runFreely();
    const end = used();
    const walBytes = (await walOf(database)) - wal;
    await database.settle();
    const sizes = await one<{ reports: string; subjects: string; of_reports: string; of_subjects: string }>(
      database,
      `SELECT (SELECT count(*) FROM sighting) AS reports, (SELECT count(*) FROM reputation) AS subjects,
         (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'
            AND (relname LIKE 'sighting%' OR relname LIKE 'receipt%' OR relname LIKE 'log_%')) AS of_reports,
         pg_total_relation_size('reputation') + pg_total_relation_size('zone_entry') AS of_subjects`,
    );
    const per1000 = (amount: number) => amount / (count / 1_000);
    return {
      ...{ title, workers, seconds },
      hub: per1000(stored.hub - start.hub),
      databaseStore: per1000(stored.database - start.database),
      databaseScore: per1000(end.database - stored.database),
      worker: per1000(end.worker - stored.worker),
      redis: per1000(end.redis - start.redis),
      walPerReport: walBytes / count,
      perReport: Number(sizes.of_reports) / Number(sizes.reports),
      perSubject: Number(sizes.of_subjects) / Number(sizes.subjects),
    };
  } finally {
    await redis.stop();
  }
}

/** An edge with an empty zone, asked as fast as it answers. */
async function secondsPerMillionLookups(): Promise<number> {
  await using database = await startBenchDatabase();
  await using federation = await Federation.start(database.url, {
    processes: ['hub', 'dns'],
    env: { SEKISHO_DEMO: 'no', SEKISHO_DNS_RRL: 'off', SEKISHO_ZONE: APEX },
  });
  const [data] = DATA_SETS;
  if (!data) throw new Error('no data set');
  const { queries, queryBytes } = queriesOf(data);
  const child = fork(fileURLToPath(new URL('./dns-generator.ts', import.meta.url)), [], {
    serialization: 'advanced',
  });
  const ask = async (seconds: number) => {
    const load: Load = { port: federation.dnsPort, queries, queryBytes, seconds, window: 512, rate: 100 };
    const answer = once(child, 'message') as Promise<[LoadResult]>;
    child.send(load);
    return (await answer)[0];
  };
  await ask(2);
  const pid = federation.pidOf('dns') ?? 0;
  const before = ownSeconds(pid);
  const { answered } = await ask(DNS_SECONDS);
  child.kill();
  return ((ownSeconds(pid) - before) / answered) * 1e6;
}

let version = '';
// Interleaved, so that whatever else the machine does falls on both.
const slow = reports / 2;
const runs = [
  await measure('one worker', 1, 1, reports),
  await measure('two workers', 2, 1, reports),
  await measure('one worker, slowed', 1, SLOW_SHARE, slow),
  await measure('two workers, slowed', 2, SLOW_SHARE, slow),
] as const;
const [oneFree, twoFree, oneSlow, twoSlow] = runs;
const rate = ({ title, seconds }: Run) => (title.includes('slowed') ? slow : reports) / seconds;
const lookups = await secondsPerMillionLookups();

console.log(describeMachine(version));
printTable(
  ['processor seconds for 1,000 reports', 'scored/s', 'hub', 'store', 'score', 'workers', 'redis'],
  runs.map((run) => [
    run.title,
    inFull(rate(run)),
    ...[run.hub, run.databaseStore, run.databaseScore, run.worker, run.redis].map((value) =>
      value.toFixed(3),
    ),
  ]),
);
const cores = availableParallelism();
const scoring = (run: Run) => run.worker + run.databaseScore + run.redis;
console.log(
  `Two workers score ${(rate(twoFree) / rate(oneFree)).toFixed(2)} times what one does on these ${String(cores)} cores, ` +
    `which the database shares: ${scoring(twoFree).toFixed(3)} s for 1,000 reports allow ` +
    `${inFull((1_000 * cores) / scoring(twoFree))} a second in all.`,
);
console.log(
  `Slowed to ${String(SLOW_SHARE * 100)} % of the time, so that cores are free: ` +
    `${(rate(twoSlow) / rate(oneSlow)).toFixed(2)} times.`,
);
console.log(
  `By processor time, on cores of their own: ${((2 * oneFree.worker) / twoFree.worker).toFixed(2)} times ` +
    `(${oneFree.worker.toFixed(3)} s of one worker for 1,000 reports, ${twoFree.worker.toFixed(3)} s of two together).`,
);
console.log(`An edge uses ${lookups.toFixed(2)} processor seconds for 1,000,000 lookups.`);

if (values.save) {
  const measured: Coefficients = {
    measuredOn: describeMachine(version),
    per1000Reports: {
      hub: oneFree.hub,
      databaseStore: oneFree.databaseStore,
      databaseScore: oneFree.databaseScore,
      worker: oneFree.worker,
      workerOfTwo: twoFree.worker,
      databaseScoreOfTwo: twoFree.databaseScore,
      redis: oneFree.redis,
    },
    perMillionLookups: lookups,
    bytes: {
      walPerReport: oneFree.walPerReport,
      perReport: oneFree.perReport,
      perSubject: oneFree.perSubject,
    },
  };
  await writeFile(COEFFICIENTS_FILE, `${JSON.stringify(measured, null, 2)}\n`);
}
