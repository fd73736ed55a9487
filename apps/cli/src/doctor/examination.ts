// Looks at a running Sekisho from outside and changes nothing.
import { ConfigInvalid, formatListen, readConfig, type Config, type ListenAddress } from '@sekisho/config';
import { RCODE, TYPE } from '@sekisho/dns-wire';
import type { DatabaseExamination } from '@sekisho/persistence';
import { ZONE_NAMES } from '@sekisho/zone';
import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { askServer } from '../dns-question.js';
import { ok, skipped, wrong, type Finding } from './finding.js';
import {
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeQueue,
  judgeReplica,
  judgeSecretFile,
  judgeSerials,
} from './judgement.js';

/** What the doctor is given. */
export interface Patient {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name servers that transfer the zones, to be compared with the hub. */
  readonly secondaries: readonly ListenAddress[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const PATIENCE_MS = 5_000;

/** Everything that can be known from here, in the order in which it should be repaired. Never throws. */
export async function examine({ env, secondaries, now }: Patient): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.faults.map((fault) =>
      wrong('configuration', fault, 'set it as in the example, or unset it'),
    );
  }
  const isEdgeAlone = Boolean(env['SEKISHO_HUB_URL']) && config.databaseUrl === undefined;
  const database = isEdgeAlone ? undefined : await examineDatabaseOf(config, now);
  const serials = database?.examined?.serials;
  return [
    ok('configuration', 'every SEKISHO_ variable is valid'),
    ...(await files(config, isEdgeAlone)),
    await disk(config),
    ...(database?.findings ?? [skipped('database', 'SEKISHO_HUB_URL without a database: an edge alone')]),
    ...(database?.examined ? [await queue(config, database.url, database.examined)] : []),
    ...(database?.examined ? await replica(config, database.url) : []),
    ...(database ? await worker(config) : []),
    ...(await hub(config, now)),
    ...(await edge(config, serials)),
    ...(await Promise.all(
      secondaries.map((address) => server(`secondary ${formatListen(address)}`, address, config, serials)),
    )),
  ];
}

async function files(config: Config, isEdgeAlone: boolean): Promise<readonly Finding[]> {
  const keys = join(config.dataDir, 'keys');
  const secrets: [path: string | undefined, isNeeded: boolean][] = [
    [isEdgeAlone ? undefined : join(keys, 'hub.jwk'), false],
    [join(keys, 'edge.token'), isEdgeAlone],
    [existsSync(join(config.dataDir, 'postgres')) ? join(config.dataDir, 'postgres.json') : undefined, true],
    [config.cookieSecretPath, true],
    [config.tsigKeysPath, true],
    [config.dnsTls?.keyPath, true],
    [config.trustee.sealKeyPath, true],
  ];
  const findings: Finding[] = [];
  for (const [path, isNeeded] of secrets) {
    if (path === undefined) continue;
    const mode = await stat(path).then(
      (found) => found.mode,
      () => undefined,
    );
    const isOurs = path.startsWith(`${config.dataDir}/`);
    const name = isOurs ? relative(config.dataDir, path) : path;
    findings.push(judgeSecretFile({ name, path }, mode, isNeeded));
  }
  return findings;
}

async function disk({ dataDir }: Config): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    return judgeDisk(bavail * bsize, dataDir);
  } catch {
    return wrong(
      'disk',
      `${dataDir} cannot be opened`,
      'set SEKISHO_DATA_DIR as the processes have it, and run the doctor under their account',
    );
  }
}

interface ExaminedDatabase {
  readonly url: string;
  readonly examined?: DatabaseExamination;
  readonly findings: readonly Finding[];
}

async function examineDatabaseOf(config: Config, now: () => number): Promise<ExaminedDatabase> {
  // Loaded only here: the ORM takes longer to load than most commands take to run.
  const { examineDatabase, findRunningEmbeddedDatabase } = await import('@sekisho/persistence');
  const url =
    config.databaseUrl ?? (await findRunningEmbeddedDatabase(config.dataDir).catch(() => undefined));
  if (url === undefined) {
    const found = `none runs in ${config.dataDir}, and SEKISHO_DATABASE_URL is not set`;
    const remedy = 'start it (sekisho up), or set SEKISHO_DATABASE_URL as hub and worker have it';
    return { url: '', findings: [wrong('database', found, remedy)] };
  }
  try {
    const examined = await examineDatabase(url, now);
    return { url, examined, findings: judgeDatabase(examined) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    const remedy =
      'see that PostgreSQL runs and that host, account and password of SEKISHO_DATABASE_URL are right';
    return { url, findings: [wrong('database', `cannot be used (${code})`, remedy)] };
  }
}

async function queue(
  config: Config,
  databaseUrl: string,
  { hasQueue }: DatabaseExamination,
): Promise<Finding> {
  const url = config.queueUrl ?? databaseUrl;
  // Opening a queue makes its tables, and the doctor makes nothing.
  if (!url.startsWith('redis') && url === databaseUrl && !hasQueue) {
    return wrong('queue', 'has no tables in the database', 'start a hub or worker: it makes them');
  }
  const { openQueue } = await import('@sekisho/queue');
  const failed = wrong(
    'queue',
    'does not answer',
    'see that what SEKISHO_QUEUE_URL names runs and lets us in',
  );
  try {
    const jobs = await openQueue(url, { patienceMs: PATIENCE_MS });
    try {
      return judgeQueue(await jobs.counts());
    } finally {
      await jobs.close();
    }
  } catch {
    return failed;
  }
}

async function replica({ databaseReplicaUrl }: Config, databaseUrl: string): Promise<readonly Finding[]> {
  if (databaseReplicaUrl === undefined) return [];
  const { examineReplica } = await import('@sekisho/persistence');
  try {
    return [judgeReplica(await examineReplica(databaseUrl, databaseReplicaUrl))];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    const remedy =
      'see that it runs and that SEKISHO_DATABASE_REPLICA_URL is right; the primary answers meanwhile';
    return [wrong('replica', `cannot be used (${code})`, remedy)];
  }
}

async function worker({ workerHttp }: Config): Promise<readonly Finding[]> {
  if (!workerHttp) return [skipped('worker', 'it tells of itself where SEKISHO_WORKER_HTTP is set')];
  const url = `http://${formatListen(reachable(workerHttp))}/health/ready`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = (await response.text()).trim().replaceAll('\n', '; ');
    if (response.ok) return [ok('worker', `is ready at ${url}`)];
    return [wrong('worker', text, 'see the queue: SEKISHO_QUEUE_URL, or the database')];
  } catch {
    const remedy = 'see that a worker runs here (sekisho worker) with the same SEKISHO_WORKER_HTTP';
    return [wrong('worker', `no answer at ${url}`, remedy)];
  }
}

/** Where a process that listens on every address is asked from its own machine. */
const reachable = ({ host, port }: ListenAddress): ListenAddress => ({
  host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host,
  port,
});

async function hub({ hubUrl }: Config, now: () => number): Promise<readonly Finding[]> {
  const remedy =
    'see that the hub runs (sekisho hub) and that SEKISHO_HUB_URL or SEKISHO_HTTP is its address';
  try {
    const askedAt = now();
    const response = await fetch(`${hubUrl}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    if (response.status === 503) {
      return [
        wrong(
          'hub',
          'is not ready: its database does not answer',
          'see the database; the hub recovers by itself',
        ),
      ];
    }
    if (!response.ok) return [wrong('hub', `answers ${String(response.status)} at ${hubUrl}`, remedy)];
    // In whole seconds, rounded down: the middle of the second is the best guess.
    const told = Date.parse(response.headers.get('date') ?? '') + 500;
    const answered = ok('hub', `is ready at ${hubUrl}`);
    return Number.isNaN(told)
      ? [answered, skipped('clock, hub', 'it does not tell the time')]
      : [answered, judgeClock('hub', told - (askedAt + now()) / 2)];
  } catch {
    return [wrong('hub', `does not answer at ${hubUrl}`, remedy)];
  }
}

async function edge(
  config: Config,
  serials: ReadonlyMap<string, number> | undefined,
): Promise<readonly Finding[]> {
  const served = await server('edge', reachable(config.dns), config, serials);
  if (!config.dnsHttp)
    return [served, skipped('zone ages', 'the edge tells them where SEKISHO_DNS_HTTP is set')];
  const url = `http://${formatListen(config.dnsHttp)}/health/ready`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = (await response.text()).trim().replaceAll('\n', '; ');
    return [
      served,
      response.ok
        ? ok('zone ages', `every zone confirmed within ${String(config.dnsMaxAgeSeconds)} s`)
        : wrong(
            'zone ages',
            text,
            'see why the edge cannot follow the hub: its log, SEKISHO_HUB_URL, keys/edge.token',
          ),
    ];
  } catch {
    return [
      served,
      wrong('zone ages', `no answer at ${url}`, 'see that the edge runs with the same SEKISHO_DNS_HTTP'),
    ];
  }
}

/** What one name server has of the zones. */
async function server(
  check: string,
  address: ListenAddress,
  config: Config,
  wanted: ReadonlyMap<string, number> | undefined,
): Promise<Finding> {
  const served = new Map<string, number>();
  for (const zone of ZONE_NAMES) {
    const name = `${zone}.${config.zone}`;
    try {
      const { rcode, answers } = await askServer(address, name, TYPE.SOA);
      if (rcode === RCODE.REFUSED) return skipped(check, 'refuses questions from this address, as it may');
      const soa = answers.find(({ type }) => type === TYPE.SOA)?.value;
      if (!soa || !('serial' in soa)) {
        const remedy = `see that it has the zone ${name}: SEKISHO_ZONE, or the secondary's configuration`;
        return wrong(check, `has no ${name} (rcode ${String(rcode)})`, remedy);
      }
      served.set(zone, soa.serial);
    } catch {
      return wrong(
        check,
        `does not answer at ${formatListen(address)}`,
        'see that it runs and listens there, UDP',
      );
    }
  }
  return judgeSerials(check, served, wanted);
}
