import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EDGE } from '../../apps/cli/src/process-table.js';

const START_MS = 60_000;

export interface EdgeOptions {
  readonly dataDir: string;
  readonly hubUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The compiled DNS process, as `sekisho dns` runs it, on a port that the system chooses. */
export class EdgeProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly lines: string[],
  ) {}

  /** On a port that the system chooses for UDP; when somebody else has it for TCP, once more on another. */
  static async start(options: EdgeOptions): Promise<EdgeProcess> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await EdgeProcess.startOnce(options);
      } catch (error) {
        if (attempt === 5 || !String(error).includes('another program listens there')) throw error;
      }
    }
  }

  private static async startOnce({ dataDir, hubUrl, environment = {} }: EdgeOptions): Promise<EdgeProcess> {
    const child = fork(EDGE.file, [], {
      execArgv: [...EDGE.nodeArguments],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        SEKISHO_DATA_DIR: dataDir,
        SEKISHO_HUB_URL: hubUrl,
        SEKISHO_PUBLIC_URL: 'https://hub.example',
        SEKISHO_DNS: '127.0.0.1:0',
        SEKISHO_ZONE: 'z.example',
        ...environment,
      },
    });
    const lines: string[] = [];
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
    const exited = once(child, 'exit').then(() => {
      throw new Error(`the DNS process ended:\n${lines.join('\n')}`);
    });
    await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_MS) }), exited]);
    exited.catch(() => undefined);
    const port = Number(/"listen":"[^"]*:(\d+)"/.exec(await textWith(lines, '"listen"'))?.[1]);
    return new EdgeProcess(child, port, lines);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get log(): string {
    return this.lines.join('\n');
  }

  /** Ends it as an operator does; resolves to its exit status. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    this.child.kill('SIGTERM');
    const [status] = (await once(this.child, 'exit')) as [number | null];
    return status;
  }
}

async function textWith(lines: readonly string[], wanted: string): Promise<string> {
  await eventually(() => Promise.resolve(lines.some((line) => line.includes(wanted))), 20_000);
  return lines.join('\n');
}

/** Asks again every 20 ms until it is so. @throws when it is not so in time */
export async function eventually(isSo: () => Promise<boolean>, withinMs = 20_000): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - start;
    if (performance.now() - start > withinMs)
      throw new Error(`not so within ${withinMs} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
