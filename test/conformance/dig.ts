import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes sure that dig is there: installs it where that is possible, else says how. */
export function ensureDig(): void {
  try {
    execFileSync('dig', ['-v'], { stdio: 'ignore' });
    return;
  } catch {
    // Not there.
  }
  const command = 'apt-get install -y bind9-dnsutils';
  if (process.getuid?.() !== 0) throw new Error(`dig is needed: sudo ${command}`);
  try {
    execFileSync('sh', ['-c', `apt-get update && ${command}`], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    throw new Error(`dig is needed and could not be installed: ${command}`, { cause: error });
  }
}

export interface DigAnswer {
  /** NOERROR, NXDOMAIN, … as dig names it. */
  readonly status: string;
  readonly opcode: string;
  /** qr aa tc rd ra … */
  readonly flags: readonly string[];
  /** Records as `name ttl IN type content`, single spaces. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly question: string;
  readonly text: string;
}

/** Asks with the real dig; arguments as on its command line. */
export async function dig(port: number, ...args: readonly string[]): Promise<DigAnswer> {
  const { stdout } = await run('dig', [
    '@127.0.0.1',
    '-p',
    String(port),
    '+time=2',
    '+tries=1',
    '+noignore',
    ...args,
  ]).catch((error: unknown) => ({ stdout: (error as { stdout?: string }).stdout ?? '' }));
  return {
    status: /status: (\w+)/.exec(stdout)?.[1] ?? 'no answer',
    opcode: /opcode: (\w+)/.exec(stdout)?.[1] ?? '',
    flags: /;; flags: ([a-z ]+);/.exec(stdout)?.[1]?.split(' ') ?? [],
    answer: section(stdout, 'ANSWER'),
    authority: section(stdout, 'AUTHORITY'),
    question: /;; QUESTION SECTION:\n;(\S+)/.exec(stdout)?.[1] ?? '',
    text: stdout,
  };
}

function section(text: string, name: string): string[] {
  const lines = new RegExp(`;; ${name} SECTION:\\n((?:.+\\n)+)`).exec(text)?.[1] ?? '';
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/\s+/g, ' '));
}

/** The contents of the A records of an answer. */
export async function digShort(port: number, ...args: readonly string[]): Promise<string[]> {
  const { answer } = await dig(port, ...args);
  return answer.map((record) => record.split(' ').slice(4).join(' '));
}
