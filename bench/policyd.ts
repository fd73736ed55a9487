// Policy decisions of `sekisho policyd` on a warm edge, beside postgrey (Debian), asked alike over TCP as Postfix asks:
// one question at a time on each of many kept connections.
// The daemon that is measured has one core, this generator and the edge that is asked have the other. The floor is a program that
// answers without looking (policy-floor.ts): what is left is the system, Node's sockets and the generator. Each is asked five
// times at the rate of the goal, and the medians count: what the machine does besides hits a run or two.
//   npm run bench:policyd
import { EdgeData, freePort, requireProgram } from '@sekisho/testing';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFull, median, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';
import { ownSeconds } from '#harness/processor-time';

const SECONDS = 5;
/** Enough to ask an edge once for every sender; what it said is remembered for a minute, which all runs of one daemon fit into. */
const WARM_SECONDS = 8;
const ROUNDS = 5;
const CONNECTIONS = 64;
const SENDERS = 20_000;
const OFFERED = 20_000;
/** Before this process takes one of them for itself. */
const CORES = availableParallelism();
/** Of what is measured, and of everything else. */
const [DAEMON_CORE, OTHER_CORE] = [0, 1];
const ZOMBIE_97 = 0x7f006103;
const NEWLINE = 10;
/** More than any of them answers in a second. */
const MAX_RATE = 200_000;

const file = (name: string) => fileURLToPath(new URL(`../apps/${name}/dist/main.js`, import.meta.url));
const FLOOR = fileURLToPath(new URL('policy-floor.ts', import.meta.url));
/** Every second one is listed. */
const addressOf = (i: number) => `198.18.${String(i >> 8)}.${String(i & 255)}`;

/** Digits that make each question one of a new connection and a new message. */
const DIGITS = 12;
const UNSEEN = '0'.repeat(DIGITS);

/** What Postfix 3.7 sends at RCPT. */
const questionOf = (i: number) =>
  Buffer.from(
    `request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=${addressOf(i)}\n` +
      `client_name=host${String(i)}.example\nclient_port=${UNSEEN}\nreverse_client_name=host${String(i)}.example\n` +
      'server_address=192.0.2.1\nserver_port=25\nhelo_name=client.example\nsender=sender@client.example\n' +
      `recipient=somebody@isp.example\nrecipient_count=0\nqueue_id=\ninstance=${UNSEEN}.65a.0\nsize=4096\netrn_domain=\n` +
      'stress=\nsasl_method=\nsasl_username=\nsasl_sender=\nccert_subject=\nccert_issuer=\nccert_fingerprint=\n' +
      'ccert_pubkey_fingerprint=\nencryption_protocol=\nencryption_cipher=\nencryption_keysize=0\npolicy_context=\n\n',
  );
const QUESTIONS = Array.from({ length: SENDERS }, (_, i) => questionOf(i));
/** Where the digits are in each of them. */
const NUMBERED = QUESTIONS.map((question) =>
  ['client_port=', 'instance='].map((name) => question.indexOf(name) + name.length),
);

/** The question about another sender each time. Nobody reads it before it is sent on the same turn. */
function ask(socket: Socket, number: number): void {
  const question = QUESTIONS[number % SENDERS];
  if (!question) return;
  const digits = String(number).padStart(DIGITS, '0');
  for (const at of NUMBERED[number % SENDERS] ?? []) question.write(digits, at, 'latin1');
  socket.write(question);
}
/** Goes on from run to run. */
let asked = 0;

interface Run {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the daemon for each decision. */
  readonly microseconds: number;
  /** Of one core, by the daemon and by this program. */
  readonly share: number;
  readonly generatorShare: number;
}

/** A port of 127.0.0.1, or a UNIX socket. */
type Where = { readonly port: number } | { readonly path: string };

/** A connection with one question open at a time. It reads into one buffer, so that it leaves nothing to collect. */
class Asker {
  readonly socket: Socket;
  private last = 0;
  onAnswer: () => void = () => undefined;

  constructor(where: Where) {
    this.socket = connect({
      ...('path' in where ? where : { ...where, host: '127.0.0.1', noDelay: true }),
      onread: {
        buffer: Buffer.alloc(4_096),
        callback: (length, buffer) => {
          this.read(length, buffer);
          return true;
        },
      },
    });
  }

  /** An answer ends with an empty line; it may come in two pieces. */
  private read(length: number, buffer: Uint8Array): void {
    const before = length > 1 ? buffer[length - 2] : this.last;
    this.last = buffer[length - 1] ?? 0;
    if (this.last === NEWLINE && before === NEWLINE) this.onAnswer();
  }
}

/** Each connection asks again when it has its answer; with a rate, no sooner than its turn, and counted from that. */
async function load(where: Where, pid: number, rate: number | undefined, seconds: number): Promise<Run> {
  const latencies = new Float64Array(MAX_RATE * seconds);
  let answered = 0;
  const askers = Array.from({ length: CONNECTIONS }, () => new Asker(where));
  await Promise.all(askers.map(({ socket }) => once(socket, 'connect')));
  const startedAt = performance.now();
  const processorBefore = ownSeconds(pid);
  const generatorBefore = ownSeconds(process.pid);
  const endsAt = startedAt + seconds * 1000;
  const askedBefore = asked;
  const drive = (asker: Asker) =>
    new Promise<void>((resolve, reject) => {
      const { socket } = asker;
      let dueAt = 0;
      const next = () => {
        const now = performance.now();
        if (now >= endsAt) {
          socket.destroy();
          resolve();
          return;
        }
        const turn = rate === undefined ? now : startedAt + ((asked - askedBefore) / rate) * 1000;
        if (turn > now + 0.5) {
          setTimeout(next, turn - now);
          return;
        }
        // Timers count milliseconds: what is asked a little before its turn counts from then.
        dueAt = Math.min(turn, now);
        ask(socket, asked++);
      };
      asker.onAnswer = () => {
        latencies[answered++] = performance.now() - dueAt;
        next();
      };
      socket.once('error', reject);
      socket.once('close', () => {
        if (performance.now() < endsAt) reject(new Error('the daemon closed a connection'));
      });
      next();
    });
  await Promise.all(askers.map(drive));
  const elapsed = (performance.now() - startedAt) / 1000;
  const spent = ownSeconds(pid) - processorBefore;
  const measured = [...latencies.subarray(0, answered)];
  return {
    perSecond: answered / elapsed,
    p50Ms: percentile(measured, 0.5),
    p99Ms: percentile(measured, 0.99),
    microseconds: (spent / answered) * 1e6,
    share: spent / elapsed,
    generatorShare: (ownSeconds(process.pid) - generatorBefore) / elapsed,
  };
}

interface Target {
  readonly name: string;
  readonly where: Where;
  readonly pid: number;
}

interface Measured {
  readonly name: string;
  readonly runs: readonly Run[];
}

function medianOf({ runs }: Measured): Run {
  const of = (figure: keyof Run) => median(runs.map((run) => run[figure]));
  return {
    ...{ perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') },
    ...{ microseconds: of('microseconds'), share: of('share'), generatorShare: of('generatorShare') },
  };
}

function rowOf(measured: Measured): string[] {
  const run = medianOf(measured);
  return [
    ...[measured.name, inFull(run.perSecond), run.p50Ms.toFixed(2), run.p99Ms.toFixed(2)],
    ...[run.microseconds.toFixed(1), inFull(1e6 / run.microseconds)],
    ...[`${(run.share * 100).toFixed(0)} %`, `${(run.generatorShare * 100).toFixed(0)} %`],
  ];
}

/** @param program file of a program that says over IPC when it is there */
async function node(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, ...args], {
    // Logs at the product's own level, so that formatting is measured; writing to a disk is not.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { PATH: process.env['PATH'] ?? '', SEKISHO_ZONE: 'z.example', ...env },
  });
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (typeof message !== 'object') throw new Error(`${program} did not start`);
  return child;
}

/** All threads of a process on one core; on a machine with a single core nothing is to be chosen. */
function pin(pid: number | undefined, core: number): void {
  if (pid === undefined || CORES < 2) return;
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
    stdio: 'ignore',
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens on port ${String(port)}`);
}

process.env['RUNLEVEL'] = '1';
await requireProgram('postgrey', 'postgrey');
const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-policyd-'));
const children: ChildProcess[] = [];
pin(process.pid, OTHER_CORE);
try {
  const edgePort = await freePort();
  const store = await EdgeData.create(folder);
  const entries = Array.from({ length: SENDERS / 2 }, (_, i) => ({
    subject: { type: 'ip' as const, value: addressOf(i * 2) },
    codes: [ZOMBIE_97],
  }));
  await store.write({ zone: 'ip', serial: 1, entries });
  await store.write({ zone: 'high.ip', serial: 1, entries });
  await store.write({ zone: 'policy', serial: 1, entries: [] });
  children.push(
    await node(file('dns'), [], {
      SEKISHO_DATA_DIR: folder,
      SEKISHO_DNS: `127.0.0.1:${String(edgePort)}`,
      SEKISHO_HUB_URL: 'http://127.0.0.1:9',
    }),
  );
  pin(children[0]?.pid, OTHER_CORE);
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const port = await freePort();
  const policyd = await node(
    file('policyd'),
    [`--listen=127.0.0.1:${String(port)}`, `--edge=127.0.0.1:${String(edgePort)}`],
    {},
  );
  children.push(policyd);

  const embeddedPort = await freePort();
  const own = await EdgeData.create(join(folder, 'policyd'));
  await own.write({ zone: 'ip', serial: 1, entries });
  await own.write({ zone: 'high.ip', serial: 1, entries });
  await own.write({ zone: 'policy', serial: 1, entries: [] });
  const path = join(folder, 'policyd.sock');
  const embedded = await node(
    file('policyd'),
    [`--listen=127.0.0.1:${String(embeddedPort)}`, `--listen=unix:${path}`, '--embedded'],
    { SEKISHO_DATA_DIR: folder, SEKISHO_HUB_URL: 'http://127.0.0.1:9' },
  );
  children.push(embedded);

  const floorPort = await freePort();
  const floor = await node(FLOOR, [String(floorPort)], {});
  children.push(floor);

  const targets: readonly Target[] = [
    { name: 'policyd --embedded', where: { port: embeddedPort }, pid: embedded.pid ?? 0 },
    { name: 'policyd --embedded, UNIX socket', where: { path }, pid: embedded.pid ?? 0 },
    { name: 'policyd, asking an edge', where: { port }, pid: policyd.pid ?? 0 },
    { name: 'the floor', where: { port: floorPort }, pid: floor.pid ?? 0 },
  ];
  const unpaced: Measured[] = [];
  const paced: Measured[] = [];
  for (const { name, where, pid } of targets) {
    pin(pid, DAEMON_CORE);
    await load(where, pid, undefined, WARM_SECONDS);
    unpaced.push({ name, runs: [await load(where, pid, undefined, SECONDS)] });
    const runs: Run[] = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await load(where, pid, OFFERED, SECONDS));
    paced.push({ name, runs });
  }

  const greyPort = await freePort();
  const account =
    process.getuid?.() === 0 ? 'nobody' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
  const greyFolder = await mkdtemp(join(tmpdir(), 'sekisho-bench-postgrey-'));
  execFileSync('chown', [account, greyFolder]);
  const grey = spawn(
    'postgrey',
    [
      ...[
        `--inet=127.0.0.1:${String(greyPort)}`,
        `--dbdir=${greyFolder}`,
        `--user=${account}`,
        '--group=nogroup',
      ],
      ...['--delay=1', '--auto-whitelist-clients=0', `--pidfile=${join(greyFolder, 'pid')}`],
    ],
    { stdio: 'ignore' },
  );
  children.push(grey);
  await untilListening(greyPort);
  pin(grey.pid, DAEMON_CORE);
  unpaced.push({
    name: 'postgrey',
    runs: [await load({ port: greyPort }, grey.pid ?? 0, undefined, SECONDS)],
  });
  await stop(grey);
  await rm(greyFolder, { recursive: true, force: true });

  console.log(
    describeMachine(
      `${String(CONNECTIONS)} connections`,
      `${inFull(SENDERS)} senders, half of them listed`,
      `load before ${loadBefore.toFixed(1)}`,
    ),
  );
  const head = ['decisions/s', 'p50 ms', 'p99 ms', 'µs each', 'a second of one core', 'core', 'generator'];
  printTable(['as fast as it can', ...head], unpaced.map(rowOf));
  console.log(
    `\n${inFull(OFFERED)} a second offered; medians of ${String(ROUNDS)} runs of ${String(SECONDS)} s`,
  );
  printTable(
    ['run', ...head, 'p99 of each run'],
    paced.map((one) => [...rowOf(one), one.runs.map(({ p99Ms }) => p99Ms.toFixed(1)).join(' ')]),
  );
  const [goal] = paced.map(medianOf);
  if (goal)
    console.log(
      `goal: ${inFull(OFFERED)}/s on one core at p99 under 5 ms; embedded: ${inFull(goal.perSecond)}/s, p99 ${goal.p99Ms.toFixed(2)} ms, ` +
        `${goal.microseconds.toFixed(1)} µs of processor time each`,
    );
} finally {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await stop(child);
  await rm(folder, { recursive: true, force: true });
}
