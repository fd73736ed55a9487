import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Federation } from './federation.js';
import { requireProgram } from './program.js';

const run = promisify(execFile);

/** What dig prints with +short, a line each, sorted: the judge is not our own codec. */
export async function dig(federation: Federation, name: string, type = 'A'): Promise<string[]> {
  await requireProgram('dig', 'bind9-dnsutils');
  const { stdout } = await run('dig', [
    ...['@127.0.0.1', '-p', String(federation.dnsPort), '+short', '+tries=1', '+timeout=5'],
    ...[name, type],
  ]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** Asks until the answer is as wanted; resolves to the milliseconds that it took. */
export async function digUntil(
  federation: Federation,
  name: string,
  isWanted: (answers: string[]) => boolean,
  withinMs = 10_000,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    const answers = await dig(federation, name);
    const elapsed = performance.now() - start;
    if (isWanted(answers)) return elapsed;
    if (elapsed > withinMs)
      throw new Error(`${name} answers ${JSON.stringify(answers)} after ${withinMs} ms`);
  }
}

export const nameOf = (ip: string, zone = 'ip.z.example') => `${ip.split('.').reverse().join('.')}.${zone}`;
