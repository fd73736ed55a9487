import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ProcessEntry } from '../process-table.js';

export interface SupervisorOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line that a process printed, or that tells what became of it. */
  readonly onLine: (line: string) => void;
}

/** A process that ends is started again after this time, and after twice the time when it ends again soon. */
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 30_000;
/** Who ran this long is not failing at its start. */
const STEADY_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

/** A process did not start; its own words are in the message. */
export class ProcessStartFailed extends Error {
  override readonly name = 'ProcessStartFailed';
}

/** Runs the processes of one machine as children: starts, restarts and stops them. They end when this process is gone. */
export class Supervisor {
  private readonly running = new Map<string, ChildProcess>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopping = false;

  constructor(
    private readonly processes: readonly ProcessEntry[],
    private readonly options: SupervisorOptions,
  ) {}

  /**
   * Starts the first process, then the others, which ask it; resolves when every one says that it is ready.
   * @throws {ProcessStartFailed}
   */
  async start(): Promise<void> {
    const [first, ...others] = this.processes;
    if (first) await this.run(first, FIRST_RESTART_MS);
    await Promise.all(others.map((entry) => this.run(entry, FIRST_RESTART_MS)));
  }

  /** The reverse order of the start: edges first, so that nobody asks a hub that is closing. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const { name } of this.processes.toReversed()) {
      const child = this.running.get(name);
      if (child?.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await gone;
      clearTimeout(deadline);
    }
  }

  private async run(entry: ProcessEntry, restartMs: number): Promise<void> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...entry.nodeArguments, entry.file], {
      env: this.options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in a terminal reaches this process alone, which then stops them in order.
      detached: true,
    });
    this.running.set(entry.name, child);
    const lastLines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      splitLines(stream, (line) => {
        lastLines.push(line);
        if (lastLines.length > 20) lastLines.shift();
        this.options.onLine(line);
      });
    }
    let isReady = false;
    child.once('exit', (status, signal) => {
      if (this.isStopping || !isReady) return;
      const hasRunSteadily = performance.now() - startedAt > STEADY_MS;
      const waitMs = hasRunSteadily ? FIRST_RESTART_MS : restartMs;
      this.options.onLine(
        `sekisho: ${entry.name} ended (${signal ?? `status ${String(status)}`}); starting it again`,
      );
      this.restartLater(entry, waitMs);
    });
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    isReady = message !== null && typeof message === 'object';
    if (!isReady) throw new ProcessStartFailed(`${entry.name} did not start:\n${lastLines.join('\n')}`);
  }

  private restartLater(entry: ProcessEntry, waitMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const nextMs = Math.min(LAST_RESTART_MS, waitMs * 2);
      this.run(entry, nextMs).catch(() => {
        if (!this.isStopping) this.restartLater(entry, nextMs);
      });
    }, waitMs);
    this.timers.add(timer);
  }
}

function splitLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
