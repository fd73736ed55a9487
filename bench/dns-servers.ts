// The two servers as processes of their own, and what the kernel says about them.
import { decodeResponse } from '@sekisho/dns-wire';
import { EdgeData } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EDGE } from '../apps/cli/src/process-table.ts';
import { APEX, entriesOf, rbldnsdFile, type DataSet } from './dns-data.ts';

/** USER_HZ: fixed at 100 on Linux. */
const TICKS_PER_SECOND = 100;

export interface RunningServer {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly loadSeconds: number;
}

export async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Resolves to the seconds until a query is first answered, with a record unless any answer will do. */
async function firstAnswer(
  child: ChildProcess,
  port: number,
  query: Uint8Array,
  isAnyGood = false,
): Promise<number> {
  const startedAt = performance.now();
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  // Nobody listens yet.
  socket.on('error', () => undefined);
  const answered = new Promise<number>((resolve, reject) => {
    child.once('exit', (status) => {
      reject(new Error(`the server ended with status ${String(status)}`));
    });
    socket.on('message', (message) => {
      if (isAnyGood || (decodeResponse(message)?.answers.length ?? 0) > 0)
        resolve((performance.now() - startedAt) / 1000);
    });
  });
  const asking = setInterval(() => {
    socket.send(query, port, '127.0.0.1');
  }, 10);
  try {
    return await answered;
  } finally {
    clearInterval(asking);
    socket.close();
  }
}

export async function startSekisho(
  folder: string,
  query: Uint8Array,
  environment: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<RunningServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [...EDGE.nodeArguments, EDGE.file, ...options], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      SEKISHO_DATA_DIR: folder,
      SEKISHO_DNS: `127.0.0.1:${port}`,
      SEKISHO_ZONE: APEX,
      SEKISHO_HUB_URL: 'http://127.0.0.1:9',
      SEKISHO_LOG: 'silent',
      ...environment,
    },
  });
  return { name: 'sekisho', port, child, loadSeconds: await firstAnswer(child, port, query) };
}

export async function startRbldnsd(folder: string, data: DataSet, query: Uint8Array): Promise<RunningServer> {
  const port = await freePort();
  // Started as root it gives up its rights, so the files have to be open.
  await chmod(folder, 0o755);
  const file = `${data.zone}.${data.rbldnsdType}`;
  const zone = `${data.zone}.${APEX}:${data.rbldnsdType}:${file}`;
  const child = spawn('rbldnsd', ['-n', '-b', `127.0.0.1/${port}`, '-w', folder, zone], { stdio: 'ignore' });
  return { name: 'rbldnsd', port, child, loadSeconds: await firstAnswer(child, port, query) };
}

/** The arguments to serve the data file of rbldnsd. */
export const loadOptions = ({ zone, rbldnsdType }: DataSet): readonly string[] => [
  '--load',
  `${zone}.${APEX}:${rbldnsdType}:${zone}.${rbldnsdType}`,
];

/** Lets one member in by its key label, as an edge does that has lost its hub. */
export async function writeMember(folder: string, label: string): Promise<void> {
  const digest = createHash('sha256').update(label).digest('base64url');
  const list = { version: '1', members: [{ member: 'isp-a', digest }] };
  await writeFile(join(folder, 'edge', 'access.json'), JSON.stringify(list));
}

/** A program that only sends back what it gets: bench/dns-floor.ts. */
export async function startFloor(query: Uint8Array): Promise<RunningServer> {
  const port = await freePort();
  const program = fileURLToPath(new URL('./dns-floor.ts', import.meta.url));
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  // The last bit of the ID decides what the answer says.
  const asked = Uint8Array.from(query);
  asked[1] = 1;
  return { name: 'floor', port, child, loadSeconds: await firstAnswer(child, port, asked, true) };
}

/** Writes what both servers load. */
export async function writeData(folder: string, data: DataSet): Promise<void> {
  await writeFile(join(folder, `${data.zone}.${data.rbldnsdType}`), rbldnsdFile(data));
  const edge = await EdgeData.create(folder);
  await edge.write({ zone: data.zone, serial: 1, entries: [...entriesOf(data)] });
}

export async function stop({ child }: RunningServer): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** User and system time of all threads of a process so far, in seconds (proc(5): stat, fields 14 and 15). */
export async function cpuSeconds({ child }: RunningServer): Promise<number> {
  const stat = await readFile(`/proc/${String(child.pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export async function residentBytes({ child }: RunningServer): Promise<number> {
  const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
