// A real federation under a signed load while a seeded script breaks it, and what must hold when the faults are over.
//   npm run test:faults -- --minutes 3 --seed 1 --queue postgres --log faults.log
// In the long form, before a release: --minutes 30, once with each queue.
import { systemRuntime } from '@sekisho/client';
import { startEmbeddedDatabase } from '@sekisho/persistence';
import {
  Federation,
  freePort,
  requireLibrary,
  requireProgram,
  seededRandom,
  type ProcessInstance,
} from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { faultsOf } from './faults.ts';
import { checkEvents, EventReceiver, recordEvents } from './event-receiver.ts';
import { checkEdges, checkLogged, checkScores, checkStored, checkSubscriber } from './invariants.ts';
import type { Acknowledged } from './invariants.ts';
import { keepReporting, ownedNetwork, reportAll, subjects } from './load.ts';
import { SmallDisk } from './small-disk.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { ChangeSubscriber, watchLookups } from './watchers.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    queue: { type: 'string', default: 'postgres' },
    /** Where what is printed is kept. */
    log: { type: 'string', default: 'faults.log' },
  },
});
const random = seededRandom(Number(values.seed));
/** Time for what was cut off to come back: the longest pause of an edge before it asks the hub again, and more. */
const SETTLE_MS = 60_000;

await using cleanup = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'sekisho-faults-'));
cleanup.defer(() => rm(directory, { recursive: true, force: true }));

const dataDir = join(directory, 'database');
const database = await startEmbeddedDatabase({ dataDir });
cleanup.defer(() => database.stop());
const databaseProxy = cleanup.use(await TcpProxy.listen(await freePort(), database.port));
const proxied = new URL(database.url);
proxied.port = String(databaseProxy.port);

const redis = values.queue === 'redis' ? await startRedis() : undefined;
const federation = cleanup.use(
  await Federation.start(proxied.href, {
    processes: ['hub', 'trustee'],
    ...(redis && { env: { SEKISHO_QUEUE_URL: `redis://127.0.0.1:${String(redis.port)}/0` } }),
  }),
);
const hubProxy = cleanup.use(
  await TcpProxy.listen(await freePort(), Number(new URL(federation.hubUrl).port)),
);
const hubSeenByEdges = `http://127.0.0.1:${String(hubProxy.port)}`;

const smallDisk = await SmallDisk.mount(join(directory, 'edge-2'));
const processes: ProcessInstance[] = ['hub', 'worker', 'worker-2', 'dns', 'dns-2', 'trustee'];
const secondPort = await freePort();
const env = new Map<ProcessInstance, Record<string, string>>([
  ['dns', { SEKISHO_HUB_URL: hubSeenByEdges }],
  [
    'dns-2',
    {
      SEKISHO_HUB_URL: hubSeenByEdges,
      SEKISHO_DNS: `127.0.0.1:${String(secondPort)}`,
      SEKISHO_DATA_DIR: smallDisk.folder,
    },
  ],
]);
const keys = join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys');
await cp(keys, join(smallDisk.folder, 'keys'), { recursive: true });
for (const name of processes.slice(1, 5)) await federation.run(name, env.get(name));
cleanup.use(smallDisk);
// Before the disk that it writes to.
cleanup.defer(() => federation.stop('dns-2'));

const members = [];
for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) members.push(await federation.member(id));
const owner = await federation.member('isp-e', { networks: [ownedNetwork] });
const receiver = new EventReceiver(federation.hubUrl, owner);
const recorder = new pg.Client({ connectionString: database.url });
await recorder.connect();
await recordEvents(recorder);
await recorder.end();
const sql = new pg.Client({ connectionString: database.url });

const subscriber = new ChangeSubscriber(
  `${federation.hubUrl}/zones/ip`,
  (await readFile(join(keys, 'edge.token'), 'utf8')).trim(),
  1,
);
const edges = [federation.dnsPort, secondPort];
const stop = new AbortController();
const acknowledged: Acknowledged[] = [];
const lookupRandom = seededRandom(Number(values.seed) + 1_000);
const nextName = () => {
  const subject = subjects[Math.floor(lookupRandom() * subjects.length)] ?? '';
  return `${subject.split('.').reverse().join('.')}.ip.z.example`;
};
const running = Promise.all([
  watchLookups(edges, nextName, stop.signal),
  subscriber.follow(stop.signal),
  receiver.follow(stop.signal),
  ...members.map((member, i) =>
    keepReporting(member, seededRandom(Number(values.seed) + i + 1), acknowledged, stop.signal),
  ),
]);

const start = systemRuntime.now();
writeFileSync(values.log, '');
const print = (line: string) => {
  console.log(line);
  appendFileSync(values.log, `${line}\n`);
};
const say = (text: string) => {
  print(`${((systemRuntime.now() - start) / 1_000).toFixed(1).padStart(7)} s  ${text}`);
};
say(`seed ${values.seed}, queue in ${values.queue}, small disk: ${smallDisk.kind}`);
let injected = 0;
const end = start + Number(values.minutes) * 60_000;
const system = {
  ...{ federation, env, processes, databaseProxy, hubProxy, killDatabase, smallDisk, random },
  smallEdge: 'dns-2',
  fakeTime: await requireLibrary('libfaketimeMT.so.1', 'libfaketime'),
  ...(redis && { restartRedis: () => redis.restart() }),
} as const;
while (systemRuntime.now() < end) {
  for (const fault of faultsOf(system)) {
    if (systemRuntime.now() >= end) break;
    await sleep(500 + random() * 1_500);
    say(fault.name);
    await fault.inject();
    injected += 1;
  }
}
say(`${String(injected)} faults; the load goes on without them for ten seconds`);
await sleep(10_000);
// The last report about each subject, when the clocks agree again.
const [first] = members;
if (first) acknowledged.push(await reportAll(first, random));
stop.abort();
const [lookups] = await running;
await sql.connect();
cleanup.defer(() => sql.end());

let failures = 0;
await check('lookups answered throughout', () => {
  const { asked, slowestMs, unanswered } = lookups;
  if (unanswered.length > 0)
    throw new Error(`${String(unanswered.length)} of ${String(asked)}: ${unanswered.slice(0, 5).join(', ')}`);
  return Promise.resolve(`${String(asked)}, the slowest ${slowestMs.toFixed(0)} ms`);
});
await check('acknowledged reports stored exactly once', () => checkStored(sql, acknowledged));
await check('all scored', scoredAll);
await check('acknowledged reports in the log', () => eventually(() => checkLogged(acknowledged)));
await check('scores equal to an offline recomputation', () => checkScores(sql, directory));
await check('no event lost or doubled at a subscriber', async () => {
  while (await subscriber.takeOne());
  return checkSubscriber(sql, subscriber);
});
await check('no event lost or doubled at a member', () =>
  eventually(async () => {
    while ((await receiver.takeSome()) > 0);
    return checkEvents(sql, receiver);
  }),
);
await check('edges equal to the hub', () => eventually(() => checkEdges(sql, edges, subjects)));
print(
  failures === 0
    ? 'Everything held.'
    : `${String(failures)} invariants broken; again with --seed ${values.seed}`,
);
process.exitCode = failures === 0 ? 0 : 1;

async function check(name: string, hold: () => Promise<string>): Promise<void> {
  try {
    print(`  ok    ${name}: ${await hold()}`);
  } catch (error) {
    failures += 1;
    print(`  FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function scoredAll(): Promise<string> {
  return eventually(async () => {
    const { rows } = await sql.query('SELECT FROM receipt WHERE scored_at IS NULL');
    if (rows.length > 0) throw new Error(`${String(rows.length)} receipts wait`);
    return 'no receipt waits';
  });
}

async function eventually(hold: () => Promise<string>): Promise<string> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    try {
      return await hold();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(500);
    }
  }
}

/** The owner of the server, which is this process, starts it again on its port. */
async function killDatabase(): Promise<void> {
  const record = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as {
    server: { pid: number };
  };
  process.kill(record.server.pid, 'SIGKILL');
  await sleep(3_000);
}

async function startRedis() {
  await requireProgram('redis-server', 'redis-server');
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  let server: ChildProcess;
  const begin = async () => {
    server = spawn('redis-server', [...options, '--appendonly', 'no'], { stdio: 'ignore' });
    await sleep(500);
  };
  const end = async () => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  await begin();
  cleanup.defer(end);
  return {
    port,
    restart: async () => {
      await end();
      await begin();
    },
  };
}
