// 30 seconds of full load on 1 M listed IPv4 addresses, with 1,000 entries a second changing and one snapshot of the whole
// zone taken in the middle. A query without an answer counts as lost; half of the answers have to be listings throughout.
//   npm run bench:dns-swap
import { encodeSnapshot } from '@sekisho/zone';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATA_SETS, entriesOf, queriesOf } from './dns-data.ts';
import type { Load, LoadResult } from './dns-generator.ts';
import { PublishingHub } from './dns-hub.ts';
import { cpuSeconds, freePort, residentBytes, startSekisho, stop } from './dns-servers.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 30);
const CHANGES_PER_SECOND = 1000;
const WINDOW = 192;
const MAX_RATE = 400_000;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const data = DATA_SETS[0];
if (!data) throw new Error('no data');
const entries = [...entriesOf(data)];
const snapshotAt = (serial: number) => ({
  serial,
  bytes: encodeSnapshot({ zone: data.zone, serial, entries }, sha256),
});
const second = snapshotAt(1_000_000);
const hub = await PublishingHub.open(data.zone, snapshotAt(1));
const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
const metricsPort = await freePort();
const { queries, queryBytes } = queriesOf(data);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{zone="ip"\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function generate(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./dns-generator.ts', import.meta.url)), [], {
    serialization: 'advanced',
  });
  child.send(load);
  const [result] = (await once(child, 'message')) as [LoadResult];
  child.kill();
  return result;
}

const server = await startSekisho(folder, queries.subarray(2, 2 + (queries[1] ?? 0)), {
  SEKISHO_HUB_URL: hub.url,
  SEKISHO_DNS_HTTP: `127.0.0.1:${metricsPort}`,
});
try {
  const before = await cpuSeconds(server);
  hub.start(CHANGES_PER_SECOND);
  const swap = setTimeout(
    () => {
      hub.replace(second);
    },
    (SECONDS * 1000) / 2,
  );
  const load = { port: server.port, queries, queryBytes, seconds: SECONDS, window: WINDOW, rate: MAX_RATE };
  const result = await generate(load);
  clearTimeout(swap);
  const cpu = (await cpuSeconds(server)) - before;
  const serial = await metric('sekisho_dns_zone_serial');
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}`);
  console.table({
    'queries sent': result.sent,
    'queries lost': result.sent - result.answered,
    'share of listings': (result.listed / result.answered).toFixed(5),
    'queries a second': (result.answered / result.seconds).toFixed(0),
    'p50, ms': result.p50Ms.toFixed(3),
    'p99, ms': result.p99Ms.toFixed(3),
    'longest, ms': result.longestMs.toFixed(3),
    'entries changed': hub.changed,
    'snapshots taken': hub.snapshotsTaken,
    'serial at the end': serial,
    'packets handed to the ordinary path': await metric('sekisho_dns_hot_slow_path_total'),
    'CPU of the server, all of it, s': cpu.toFixed(1),
    'resident MB': ((await residentBytes(server)) / 1e6).toFixed(0),
  });
  const isGood =
    result.sent === result.answered &&
    Math.abs(result.listed / result.answered - 0.5) < 0.001 &&
    hub.snapshotsTaken === 2 &&
    serial > second.serial;
  if (!isGood) throw new Error('an answer was lost or wrong, or the snapshot was not taken');
} finally {
  await stop(server);
  await hub.close();
  await rm(folder, { recursive: true, force: true });
}
