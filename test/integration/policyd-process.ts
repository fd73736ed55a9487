import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/policyd/dist/main.js', import.meta.url));

/** The compiled policy daemon, as `sekisho policyd` runs it, on a port that the system chooses. */
export class PolicydProcess implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    private readonly lines: string[],
  ) {}

  static async start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<PolicydProcess> {
    const child = fork(MAIN, [...args], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        SEKISHO_ZONE: 'z.example',
        SEKISHO_PUBLIC_URL: 'https://hub.example',
        ...env,
      },
    });
    const lines: string[] = [];
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
    const exited = once(child, 'exit').then(() => {
      throw new Error(`policyd ended:\n${lines.join('\n')}`);
    });
    await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(60_000) }), exited]);
    exited.catch(() => undefined);
    const process_ = new PolicydProcess(child, lines);
    await process_.logged('"answering"');
    return process_;
  }

  get log(): string {
    return this.lines.join('\n');
  }

  get port(): number {
    return Number(/"listen":\["127\.0\.0\.1:(\d+)"/.exec(this.log)?.[1]);
  }

  get httpPort(): number {
    return Number(/"http":"127\.0\.0\.1:(\d+)"/.exec(this.log)?.[1]);
  }

  /** Resolves when the log has a line with that text. */
  async logged(text: string, withinMs = 30_000): Promise<void> {
    const start = performance.now();
    while (!this.log.includes(text)) {
      if (performance.now() - start > withinMs) throw new Error(`not logged: ${text}\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async metric(line: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.httpPort}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((one) => one.startsWith(`${line} `))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}
