import type { OperatorDatabase } from './admin/operator-database.js';
import type { CliContext } from './context.js';
import { run } from './program.js';

export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A context whose clock stands at 2026-11-20T01:30:00Z and whose reader is in Tokyo. */
export function testContext(
  options: { database?: OperatorDatabase; isTTY?: boolean; env?: Record<string, string> } = {},
): { context: CliContext; written: { stdout: string; stderr: string } } {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: options.isTTY ?? false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const context: CliContext = {
    stdin: emptyInput(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: options.env ?? {},
    now: () => Date.parse('2026-11-20T01:30:00Z'),
    timeZone: 'Asia/Tokyo',
    openOperatorDatabase: () =>
      options.database ? Promise.resolve(options.database) : Promise.reject(new Error('no database')),
  };
  return { context, written };
}

export async function runCommand(
  words: readonly string[],
  options: Parameters<typeof testContext>[0] = {},
): Promise<CommandOutcome> {
  const { context, written } = testContext(options);
  const status = await run(words, context);
  return { status, ...written };
}

async function* emptyInput(): AsyncGenerator<Buffer, void, undefined> {
  // Nothing was typed.
}
