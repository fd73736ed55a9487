// Cold start and memory of the DNS process with 1 M listed IPv4 addresses, and the speed of the index alone.
//   npm run build && npx node bench/dns-start.ts
// The hub is not there: the process has only its snapshot file, as after a power cut at the operator's.
import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { EdgeData } from '@sekisho/testing';
import type { ZoneIndex } from '@sekisho/zone';
import { decodeSnapshot, encodeSnapshot, QuestionKey, type ZoneEntry } from '@sekisho/zone';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGE } from '../apps/cli/src/process-table.ts';

const ENTRIES = 1_000_000;
const STARTS = 5;
const LOOKUPS = 2_000_000;
const CODE = 0x7f005b03;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const dotted = (word: number) => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
const reversed = (word: number) => dotted(word).split('.').reverse().join('.');

/** Spread over 1.0.0.0 to 223.255.255.255, the same in every run; `i` from ENTRIES on gives addresses not listed. */
function addressOf(i: number): number {
  // A step prime to the range visits every address before it repeats one.
  return 0x0100_0000 + ((i * 2_654_435_761) % 0xdf00_0000);
}

function wire(name: string): Uint8Array {
  return Uint8Array.from(name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

interface Start {
  readonly seconds: number;
  readonly residentBytes: number;
}

async function coldStart(dataDir: string, name: string): Promise<Start> {
  const port = await freePort();
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const answered = new Promise<number>((resolve) => {
    socket.on('message', (message) => {
      if (decodeResponse(message)?.answers.length === 1) resolve(performance.now());
    });
  });
  const query = encodeQuery({ id: 1, name, type: TYPE.A });
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...EDGE.nodeArguments, EDGE.file], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      SEKISHO_DATA_DIR: dataDir,
      SEKISHO_DNS: `127.0.0.1:${port}`,
      SEKISHO_ZONE: 'z.example',
      SEKISHO_HUB_URL: 'http://127.0.0.1:9',
      SEKISHO_LOG: 'silent',
    },
  });
  const asking = setInterval(() => {
    socket.send(query, port, '127.0.0.1');
  }, 5);
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the server ended with status ${String(status)}`);
  });
  ended.catch(() => undefined);
  const seconds = ((await Promise.race([answered, ended])) - startedAt) / 1000;
  clearInterval(asking);
  const residentBytes = await residentOf(child);
  child.kill('SIGTERM');
  await once(child, 'exit');
  socket.close();
  return { seconds, residentBytes };
}

async function residentOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

function lookupsPerSecond(index: ZoneIndex, first: number): number {
  const names = Array.from({ length: 65_536 }, (_, i) => wire(reversed(addressOf(first + i * 13))));
  const key = new QuestionKey();
  let found = 0;
  const startedAt = performance.now();
  for (let i = 0; i < LOOKUPS; i++) {
    const name = names[i & 65_535] ?? new Uint8Array();
    if (index.find(key.read('ip', name, 0, name.length)) > 0) found++;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (found !== (first === 0 ? LOOKUPS : 0)) throw new Error(`found ${found} of ${LOOKUPS}`);
  return LOOKUPS / seconds;
}

const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
try {
  const entries = Array.from({ length: ENTRIES }, (_, i): ZoneEntry => ({
    subject: { type: 'ip', value: dotted(addressOf(i)) },
    codes: [CODE + (i % 9) * 256],
  }));
  const file = encodeSnapshot({ zone: 'ip', serial: 1, entries }, sha256);
  const edge = await EdgeData.create(dataDir);

  await edge.write({ zone: 'ip', serial: 1, entries: [] });
  const empty = await coldStart(dataDir, '2.0.0.127.ip.z.example');
  await edge.write({ zone: 'ip', serial: 1, entries });
  const starts: Start[] = [];
  for (let i = 0; i < STARTS; i++) {
    starts.push(await coldStart(dataDir, `${reversed(addressOf(ENTRIES - 1))}.ip.z.example`));
  }

  const decodeMs: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const startedAt = performance.now();
    decodeSnapshot(file, sha256);
    decodeMs.push(performance.now() - startedAt);
  }
  const index = decodeSnapshot(file, sha256);
  lookupsPerSecond(index, 0);
  const resident = median(starts.map(({ residentBytes }) => residentBytes));
  const million = (value: number) => `${(value / 1e6).toFixed(2)} M/s`;

  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}, ${ENTRIES} IPv4 entries`,
  );
  console.table({
    'cold start to first UDP answer, median of 5': `${median(starts.map(({ seconds }) => seconds)).toFixed(2)} s`,
    'slowest of 5': `${Math.max(...starts.map(({ seconds }) => seconds)).toFixed(2)} s`,
    'the same with an empty zone': `${empty.seconds.toFixed(2)} s`,
    'snapshot file': `${(file.length / 1e6).toFixed(1)} MB`,
    'file to index, median of 5': `${median(decodeMs).toFixed(0)} ms`,
    'index arrays per entry': `${(index.byteLength / ENTRIES).toFixed(1)} bytes`,
    'resident memory of the process': `${(resident / 1e6).toFixed(0)} MB`,
    'resident memory over an empty zone, per entry': `${((resident - empty.residentBytes) / ENTRIES).toFixed(1)} bytes`,
    'lookups of listed names': million(lookupsPerSecond(index, 0)),
    'lookups of names not listed': million(lookupsPerSecond(index, ENTRIES)),
  });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
