import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EDGE } from '../../apps/cli/src/process-table.js';
import { eventually } from './edge-process.js';

const START_MS = 30_000;

/** The compiled DNS process with data files, as `sekisho dns --load` runs it, on a port that the system chooses. */
export class LoadedProcess implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    private readonly lines: string[],
  ) {}

  /** @throws {Error} with what the process said when it ended at once */
  static async start(
    folder: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<LoadedProcess> {
    const child = fork(EDGE.file, [...args], {
      execArgv: [...EDGE.nodeArguments],
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], SEKISHO_DNS: '127.0.0.1:0', SEKISHO_DNS_RRL: 'off', ...environment },
    });
    const lines: string[] = [];
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
    const exited = once(child, 'close').then(() => {
      throw new Error(lines.join('\n'));
    });
    exited.catch(() => undefined);
    await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_MS) }), exited]);
    const isListening = () => Promise.resolve(lines.some((line) => line.includes('"listen"')));
    await eventually(isListening, 5_000);
    const port = Number(/"listen":"[^"]*:(\d+)"/.exec(lines.join('\n'))?.[1]);
    return new LoadedProcess(child, port, lines);
  }

  get log(): string {
    return this.lines.join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
