import { freePort, requireProgram } from '@sekisho/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './edge-process.js';

const run = promisify(execFile);
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** What BIND's own checker says of a zone file. @throws {Error} with its output when the zone is not good */
export async function checkZone(origin: string, file: string): Promise<string> {
  await requireProgram('named-checkzone', 'bind9-utils');
  const { stdout } = await run('named-checkzone', ['-k', 'ignore', origin, file], {
    env: { ...process.env, PATH },
  });
  return stdout;
}

/** The real named on a free port of the loopback, with zones from files in a folder. */
export class NamedProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly output: string[],
  ) {}

  static async start(
    folder: string,
    zones: Readonly<Record<string, string>>,
    options = '',
  ): Promise<NamedProcess> {
    await requireProgram('named', 'bind9');
    const port = await freePort();
    const configuration = [
      `options { directory "${folder}"; pid-file none; session-keyfile none; recursion no; minimal-responses yes;`,
      `listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; dnssec-validation no; notify no; ${options} };`,
      'controls { };',
      ...Object.entries(zones).map(
        ([origin, file]) => `zone "${origin}" { type primary; file "${file}"; check-names ignore; };`,
      ),
    ].join('\n');
    const path = join(folder, 'named.conf');
    await writeFile(path, configuration);
    const child = spawn('named', ['-g', '-c', path, '-n', '1'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH },
    });
    const output: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const started = new NamedProcess(child, port, output);
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`named ended:\n${started.log}`);
      return Promise.resolve(/\brunning$/m.test(started.log));
    }, 20_000);
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
