import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ProcessEntry } from './process-table.js';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/**
 * Runs one program with Node in the place of this one: same terminal, signals handed on.
 * The channel between the two tells it when this process is killed, so that it does not stay behind.
 * Resolves to its exit status; 128 and the signal's number when a signal ended it.
 */
export async function runProcess(
  { file, nodeArguments }: Pick<ProcessEntry, 'file' | 'nodeArguments'>,
  options: {
    env: Readonly<Record<string, string | undefined>>;
    isTerminal: boolean;
    args?: readonly string[];
  },
): Promise<number> {
  const child = spawn(process.execPath, [...nodeArguments, file, ...(options.args ?? [])], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...options.env },
  });
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      // A terminal sends Ctrl-C to both; a second SIGINT would cut the orderly stop short.
      if (signal !== 'SIGINT' || !options.isTerminal) child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => {
        resolve(signal === null ? (status ?? 1) : 128 + constants.signals[signal]);
      });
    });
  } finally {
    for (const remove of listeners) remove();
  }
}
