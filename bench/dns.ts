// rbldnsd and our server side by side: the same listings, the same load in turn, on loopback.
//   npm run bench:dns            all four data sets, five pairs each, about eight minutes
//   npm run bench:dns -- IPv6    only the data sets whose name has this in it
//   BENCH_AS=key npm run bench:dns    our names have a member's key in front of the zone
//   BENCH_AS=load npm run bench:dns   ours serves rbldnsd's own data file (--load)
// The floor is a program that sends each datagram back with the same batched system calls and looks at nothing.
// CPU time is what the kernel charges the server's process, all threads, divided by the answers that arrived. The load
// comes from dns-generator.ts, since dnsperf needs more time for a query than either server.
import { requireProgram } from '@sekisho/testing';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATA_SETS, queriesOf, type DataSet, type Queries } from './dns-data.ts';
import type { Load, LoadResult } from './dns-generator.ts';
import {
  cpuSeconds,
  loadOptions,
  residentBytes,
  startFloor,
  startRbldnsd,
  startSekisho,
  stop,
  writeData,
  writeMember,
  type RunningServer,
} from './dns-servers.ts';

const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const AS = process.env['BENCH_AS'] ?? 'edge';
const KEY_LABEL = 'abcdefghijklmnopqrstuvwxyz234567';
const WINDOW = 192;
const OPEN_RATE = 30_000;

interface Measurement {
  readonly cpuMicroseconds: number;
  readonly rate: number;
  readonly openCpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lost: number;
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

async function measure(server: RunningServer, queries: Queries): Promise<Measurement> {
  const load = {
    port: server.port,
    queries: queries.queries,
    queryBytes: queries.queryBytes,
    seconds: SECONDS,
  };
  const under = async (kind: { window: number; rate: number }) => {
    const before = await cpuSeconds(server);
    const result = await generate({ ...load, ...kind });
    const cpuMicroseconds = (((await cpuSeconds(server)) - before) * 1e6) / result.answered;
    const share = result.listed / result.answered;
    if (Math.abs(share - 0.5) > 0.02) throw new Error(`${server.name} listed ${share} of all, not half`);
    return { ...result, cpuMicroseconds };
  };
  const full = await under({ window: WINDOW, rate: 0 });
  const open = await under({ window: 0, rate: OPEN_RATE });
  return {
    cpuMicroseconds: full.cpuMicroseconds,
    rate: full.answered / full.seconds,
    openCpuMicroseconds: open.cpuMicroseconds,
    p50Ms: open.p50Ms,
    p99Ms: open.p99Ms,
    lost: full.sent - full.answered + open.sent - open.answered,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

interface Row {
  readonly measurements: readonly Measurement[];
  readonly residentBytes: number;
  readonly loadSeconds: number;
}

async function run(data: DataSet): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
  const servers: RunningServer[] = [];
  try {
    await writeData(folder, data);
    const queries = queriesOf(data);
    const ourQueries = AS === 'key' ? queriesOf(data, KEY_LABEL) : queries;
    const firstOf = (some: Queries) => some.queries.subarray(2, 2 + (some.queries[1] ?? 0));
    const first = firstOf(queries);
    if (AS === 'key') await writeMember(folder, KEY_LABEL);
    const access = AS === 'key' ? { SEKISHO_DNS_ACCESS: 'key' } : {};
    servers.push(
      await startSekisho(folder, firstOf(ourQueries), access, AS === 'load' ? loadOptions(data) : []),
      await startRbldnsd(folder, data, first),
      await startFloor(first),
    );
    const taken = servers.map((): Measurement[] => []);
    for (let pair = 0; pair < PAIRS; pair++) {
      const order = pair % 2 === 0 ? [0, 1, 2] : [2, 1, 0];
      for (const place of order) {
        const server = servers[place];
        const asked = place === 0 ? ourQueries : queries;
        if (server) taken[place]?.push(await measure(server, asked));
      }
    }
    const rows = await Promise.all(
      servers.map(async (server, place): Promise<Row> => ({
        measurements: taken[place] ?? [],
        residentBytes: await residentBytes(server),
        loadSeconds: server.loadSeconds,
      })),
    );
    print(data, rows);
  } finally {
    await Promise.all(servers.map(stop));
    await rm(folder, { recursive: true, force: true });
  }
}

function print(data: DataSet, [ours, theirs, floor]: readonly Row[]): void {
  if (!ours || !theirs || !floor) return;
  const of = (row: Row, pick: (measurement: Measurement) => number) => median(row.measurements.map(pick));
  const line = (digits: number, own: number, other: number, least?: number) => ({
    sekisho: Number(own.toFixed(digits)),
    rbldnsd: Number(other.toFixed(digits)),
    ratio: Number((own / other).toFixed(2)),
    ...(least !== undefined && {
      floor: Number(least.toFixed(digits)),
      'floor ratio': Number((least / other).toFixed(2)),
    }),
  });
  const both = (digits: number, pick: (measurement: Measurement) => number) =>
    line(digits, of(ours, pick), of(theirs, pick), of(floor, pick));
  console.log(`\n${data.name}, as ${AS}: ${data.count} entries, half of the questions for something listed`);
  console.table({
    'CPU µs a query, full load': both(2, ({ cpuMicroseconds }) => cpuMicroseconds),
    'queries a second, full load': both(0, ({ rate }) => rate),
    [`CPU µs a query at ${OPEN_RATE}/s`]: both(2, ({ openCpuMicroseconds }) => openCpuMicroseconds),
    [`p50 ms at ${OPEN_RATE}/s`]: both(3, ({ p50Ms }) => p50Ms),
    [`p99 ms at ${OPEN_RATE}/s`]: both(3, ({ p99Ms }) => p99Ms),
    'queries lost': both(0, ({ lost }) => lost),
    'resident MB': line(0, ours.residentBytes / 1e6, theirs.residentBytes / 1e6),
    'start to first answer, s': line(2, ours.loadSeconds, theirs.loadSeconds),
  });
  const ratios = ours.measurements.map(
    ({ cpuMicroseconds }, i) => cpuMicroseconds / (theirs.measurements[i]?.cpuMicroseconds ?? Number.NaN),
  );
  console.log(`CPU ratio of each pair: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`);
}

await requireProgram('rbldnsd', 'rbldnsd');
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}`);
const wanted = process.argv[2] ?? '';
for (const data of DATA_SETS.filter(({ name }) => name.includes(wanted))) await run(data);
