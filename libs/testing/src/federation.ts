// A real federation for tests: hub, worker and DNS edge as processes of their own on loopback, on a database of their own.
import {
  enrol,
  MemberDirectory,
  ReceiptBook,
  submitReports,
  HubSession,
  type BatchReceipt,
  type EnrolledMember,
} from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase, type NewMember } from '@sekisho/persistence';
import type { ReportInput } from '@sekisho/report';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ProcessName = 'hub' | 'worker' | 'dns' | 'trustee';
/** One of several processes of a kind: `worker-2` beside `worker`. */
export type ProcessInstance = ProcessName | `${ProcessName}-${number}`;

/** As `sekisho up` and `sekisho hub` start them. */
const NODE_ARGUMENTS = ['--max-semi-space-size=64'];
/** Characters of what each process wrote; a test looks through them. */
const KEPT_OUTPUT = 500_000;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Below what Linux gives to outgoing connections, one of which could take a port before its server has started. */
const PORTS = { from: 15_000, to: 32_000 };

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      server.close();
    }
  }
}

export class Federation implements AsyncDisposable {
  private readonly children = new Map<ProcessInstance, ChildProcess>();
  /** The last lines of each process, for the message of a failure. */
  private readonly output = new Map<ProcessInstance, string>();

  private constructor(
    readonly directory: string,
    readonly hubUrl: string,
    readonly dnsPort: number,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(
    databaseUrl: string,
    options: { processes?: readonly ProcessName[]; env?: Record<string, string> } = {},
  ): Promise<Federation> {
    const directory = await mkdtemp(join(tmpdir(), 'sekisho-federation-'));
    const [httpPort, dnsPort, trusteePort] = [await freePort(), await freePort(), await freePort()];
    const env = {
      SEKISHO_DATA_DIR: join(directory, 'data'),
      SEKISHO_DATABASE_URL: databaseUrl,
      SEKISHO_HTTP: `127.0.0.1:${httpPort}`,
      SEKISHO_DNS: `127.0.0.1:${dnsPort}`,
      SEKISHO_TRUSTEE_HTTP: `127.0.0.1:${trusteePort}`,
      SEKISHO_TRUSTEE_URL: `http://127.0.0.1:${trusteePort}`,
      SEKISHO_TRUSTEE_MEMBERS: 'follow',
      SEKISHO_ZONE: 'z.example',
      SEKISHO_DEMO: 'yes',
      SEKISHO_LOG: 'warn',
      ...options.env,
    };
    const federation = new Federation(directory, `http://127.0.0.1:${httpPort}`, dnsPort, env);
    try {
      await Promise.all((options.processes ?? ['hub', 'worker', 'dns']).map((name) => federation.run(name)));
    } catch (error) {
      await federation[Symbol.asyncDispose]();
      throw error;
    }
    return federation;
  }

  /**
   * Starts one process, with more in its environment if need be, and resolves when it says that it is ready.
   * `root` is where another version was built.
   */
  async run(
    name: ProcessInstance,
    env: Readonly<Record<string, string>> = {},
    root: string = ROOT,
  ): Promise<void> {
    const program = join(root, 'apps', name.replace(/-\d+$/, ''), 'dist', 'main.js');
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, program], {
      env: { PATH: process.env['PATH'] ?? '', ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.children.set(name, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output.set(name, `${this.output.get(name) ?? ''}${text}`.slice(-KEPT_OUTPUT));
      });
    }
    const outcome = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (child.exitCode !== null || outcome[0] === null) {
      throw new Error(`${name} did not start:\n${this.logOf(name).slice(-8_000)}`);
    }
  }

  /** Ends one process and resolves when it is gone. */
  async stop(name: ProcessInstance, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.exitStatusOf(name, signal);
  }

  /** Ends one process and resolves to its exit status: null when the signal ended it, or it was not running. */
  async exitStatusOf(name: ProcessInstance, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.children.get(name);
    this.children.delete(name);
    if (child?.exitCode !== null || child.signalCode !== null) return null;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  /** Sends a signal that does not end the process: SIGSTOP, SIGCONT. */
  signal(name: ProcessInstance, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.children.get(name)?.kill(signal);
  }

  pidOf(name: ProcessInstance): number | undefined {
    return this.children.get(name)?.pid;
  }

  logOf(name: ProcessInstance): string {
    return this.output.get(name) ?? '';
  }

  /** A member that enrolled through the public API with keys of its own. */
  async member(id: string, given: Partial<NewMember> = {}): Promise<FederationMember> {
    const database = await openOperatorDatabase(readConfig(this.env));
    const { code } = await database.members.add(
      { id, name: id.toUpperCase(), role: 'member', networks: [], asns: [], ...given },
      new Date(),
    );
    await database.close();
    const dir = join(this.directory, id);
    await enrol({ hubUrl: this.hubUrl, code, dir });
    return new FederationMember(await new MemberDirectory(dir).open(), dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.children.keys()].map((name) => this.stop(name)));
    await rm(this.directory, { recursive: true, force: true });
  }
}

export class FederationMember {
  constructor(
    readonly enrolled: EnrolledMember,
    readonly directory: string,
  ) {}

  session(): Promise<HubSession> {
    return HubSession.open(this.enrolled);
  }

  async submit(...reports: ReportInput[]): Promise<BatchReceipt> {
    const receipts = submitReports(this.enrolled, reports, { book: new ReceiptBook(this.directory) });
    const { value } = await receipts.next();
    if (!value) throw new Error('no receipt');
    return value;
  }
}

/** A report of a zombie seen now; change what the test is about. */
export function reportOf(value: string, change: Partial<ReportInput> = {}): ReportInput {
  const now = new Date().toISOString();
  return {
    subject: { type: 'ip', value },
    category: 'zombie',
    evidence: 'trap',
    count: 12,
    firstSeen: now,
    lastSeen: now,
    ...change,
  };
}
