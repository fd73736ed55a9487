import { freePort, requireProgram } from '@sekisho/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { chmod } from 'node:fs/promises';
import { once } from 'node:events';
import { eventually } from './edge-process.js';

/** The real rbldnsd on a free port of the loopback. It refuses to be root, so root hands it to `nobody`. */
export class RbldnsdProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly output: string[],
  ) {}

  static async start(folder: string, specs: readonly string[]): Promise<RbldnsdProcess> {
    await requireProgram('rbldnsd', 'rbldnsd');
    await chmod(folder, 0o755);
    const port = await freePort();
    const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn(
      'rbldnsd',
      ['-n', ...account, '-b', `127.0.0.1/${port}`, '-w', folder, '-c', '0', ...specs],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
      },
    );
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    const started = new RbldnsdProcess(child, port, output);
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`rbldnsd ended:\n${started.log}`);
      return Promise.resolve(started.log.includes('started ('));
    });
    return started;
  }

  get log(): string {
    return this.output.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

const run = promisify(execFile);

/** Everything that rbldnsd has in its zones: owner names without final dot, networks as wildcards. */
export async function dumpOwners(folder: string, specs: readonly string[]): Promise<string[]> {
  const { stdout } = await run('rbldnsd', ['-d', '-w', folder, ...specs], {
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    maxBuffer: 1 << 28,
  });
  const owners: string[] = [];
  let origin = '';
  for (const line of stdout.split('\n')) {
    const [first = '', ...rest] = line.split(/\s+/);
    if (first === '$ORIGIN') origin = (rest[0] ?? '').replace(/\.$/, '');
    // An exclusion is written as CNAME.
    else if (first !== '' && !/^[;$]/.test(first) && !rest.includes('CNAME'))
      owners.push(`${first}.${origin}`);
  }
  return owners;
}
