// A real NSD as secondary of an edge with 1 M listed IPv4 addresses: the first transfer, 1,000 increments, and one
// difference of a secondary that was away; and how long others wait for the edge meanwhile.
//   npm run bench:dns-transfer
// Waiting is measured by TXT questions, which the thread that transfers answers too.
import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { requireProgram } from '@sekisho/testing';
import { encodeSnapshot } from '@sekisho/zone';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APEX, DATA_SETS, entriesOf, queriesOf } from './dns-data.ts';
import { PublishingHub } from './dns-hub.ts';
import { cpuSeconds, freePort, startSekisho, stop, type RunningServer } from './dns-servers.ts';
import { treeSeconds } from './harness/processor-time.ts';

const INCREMENTS = Number(process.env['BENCH_INCREMENTS'] ?? 1_000);
const CHANGES = 10;
const TICK_MS = 25;
const AWAY_CHANGES = 50_000;
const PROBE_MS = 10;
const PATIENCE_MS = 300_000;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const data = DATA_SETS[0];
if (!data) throw new Error('no data');
const zoneName = `${data.zone}.${APEX}`;

/** Asks one thing after another and keeps the times. */
class Prober {
  longestMs = 0;
  private readonly sentAt = new Map<number, number>();
  private readonly socket: Socket = createSocket('udp4');
  private readonly timer: NodeJS.Timeout;
  private id = 0;

  constructor(port: number) {
    this.socket.on('message', (message) => {
      const id = message.readUInt16BE(0);
      const sentAt = this.sentAt.get(id);
      this.sentAt.delete(id);
      if (sentAt !== undefined) this.longestMs = Math.max(this.longestMs, performance.now() - sentAt);
    });
    this.timer = setInterval(() => {
      this.id = (this.id + 1) % 65_536;
      // Different names, since equal answers are limited.
      const name = `${this.id & 255}.${this.id >> 8}.0.60.${zoneName}`;
      this.sentAt.set(this.id, performance.now());
      this.socket.send(encodeQuery({ id: this.id, name, type: TYPE.TXT }), port, '127.0.0.1');
    }, PROBE_MS);
  }

  /** The longest wait so far, also of what has no answer yet. */
  stop(): number {
    clearInterval(this.timer);
    const nowMs = performance.now();
    for (const sentAt of this.sentAt.values()) this.longestMs = Math.max(this.longestMs, nowMs - sentAt);
    this.socket.close();
    return this.longestMs;
  }
}

async function serialOf(port: number): Promise<number | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send(encodeQuery({ id: 1, name: zoneName, type: TYPE.SOA }), port, '127.0.0.1');
    const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(500) })) as [Uint8Array];
    const value = decodeResponse(message)?.answers[0]?.value;
    return value?.kind === 'SOA' ? value.serial : undefined;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

async function untilSerial(port: number, wanted: () => number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await serialOf(port)) !== wanted()) {
    if (performance.now() > deadline) throw new Error(`port ${port} never got to serial ${wanted()}`);
    await sleep(20);
  }
}

const secret = randomBytes(32).toString('base64');

async function startNsd(folder: string, port: number, edgePort: number): Promise<ChildProcess> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'nsd.conf');
  await writeFile(
    path,
    `server:
  ip-address: 127.0.0.1@${port}
  do-ip6: no
  username: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  zonefiles-write: 0
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
key:
  name: secondary
  algorithm: hmac-sha256
  secret: "${secret}"
zone:
  name: ${zoneName}
  zonefile: "${zoneName}.db"
  request-xfr: 127.0.0.1@${edgePort} secondary
  allow-notify: 127.0.0.1 NOKEY
`,
    { mode: 0o600 },
  );
  return spawn('nsd', ['-d', '-c', path], { stdio: 'ignore' });
}

async function peakBytes({ child }: RunningServer): Promise<number> {
  const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

process.env['RUNLEVEL'] = '1';
await requireProgram('nsd', 'nsd');
const hub = await PublishingHub.open(data.zone, {
  serial: 1,
  bytes: encodeSnapshot({ zone: data.zone, serial: 1, entries: [...entriesOf(data)] }, sha256),
});
const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
const keys = join(folder, 'tsig.keys');
await writeFile(keys, `key "secondary" { algorithm hmac-sha256; secret "${secret}"; };\n`, { mode: 0o600 });
const { queries } = queriesOf(data);
const nsdPort = await freePort();
const edge = await startSekisho(folder, queries.subarray(2, 2 + (queries[1] ?? 0)), {
  SEKISHO_HUB_URL: hub.url,
  SEKISHO_TSIG_KEYS: keys,
  SEKISHO_NOTIFY: `127.0.0.1:${nsdPort}`,
});
let nsd: ChildProcess | undefined;
const rows: Record<string, Record<string, string>> = {};

async function measure(what: string, work: () => Promise<void>): Promise<void> {
  const prober = new Prober(edge.port);
  const startedAt = performance.now();
  const [edgeBefore, nsdBefore] = [await cpuSeconds(edge), nsd ? treeSeconds(nsd.pid ?? 0) : 0];
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  rows[what] = {
    seconds: seconds.toFixed(1),
    'CPU s of the edge': ((await cpuSeconds(edge)) - edgeBefore).toFixed(1),
    'CPU s of NSD': (treeSeconds(nsd?.pid ?? 0) - nsdBefore).toFixed(1),
    'peak resident MB of the edge': ((await peakBytes(edge)) / 1e6).toFixed(0),
    'longest wait of another question, ms': prober.stop().toFixed(1),
  };
}

const endNsd = async (): Promise<void> => {
  if (nsd?.exitCode !== null) return;
  const exited = once(nsd, 'exit');
  nsd.kill('SIGTERM');
  await exited;
};

try {
  const before = ((await peakBytes(edge)) / 1e6).toFixed(0);
  await measure(`AXFR of ${data.count} entries`, async () => {
    nsd = await startNsd(join(folder, 'nsd'), nsdPort, edge.port);
    await untilSerial(nsdPort, () => hub.latest);
  });
  await measure(
    `${INCREMENTS} increments of ${CHANGES} and ${CHANGES} entries, one in ${TICK_MS} ms`,
    async () => {
      for (let i = 0; i < INCREMENTS; i++) {
        hub.change(CHANGES);
        await sleep(TICK_MS);
      }
      await untilSerial(nsdPort, () => hub.latest);
    },
  );
  nsd?.kill('SIGSTOP');
  for (let i = 0; i < AWAY_CHANGES / 1_000; i++) {
    hub.change(1_000);
    await sleep(TICK_MS * 4);
  }
  await untilSerial(edge.port, () => hub.latest);
  await measure(`one IXFR of ${AWAY_CHANGES} changes and more`, async () => {
    nsd?.kill('SIGCONT');
    await untilSerial(nsdPort, () => hub.latest);
  });
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}, load ${loadavg()[0]?.toFixed(1) ?? ''}`,
  );
  console.log(`peak resident memory of the edge before the first transfer: ${before} MB`);
  for (const [what, row] of Object.entries(rows)) {
    console.log(`\n${what}`);
    console.table(row);
  }
} finally {
  nsd?.kill('SIGCONT');
  await endNsd();
  await stop(edge);
  await hub.close();
  await rm(folder, { recursive: true, force: true });
}
