import { join } from 'node:path';
import { readConfig } from '@sekisho/config';
import type { OpenOperatorDatabase } from './admin/operator-database.js';

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command takes from the process that runs it. */
export interface CliContext {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An IANA name; undefined: the machine's own. */
  readonly timeZone?: string;
  readonly openOperatorDatabase: OpenOperatorDatabase;
}

/** Where a member's keys are: --dir, or `member` in the data directory. @throws {ConfigInvalid} */
export function memberDirectoryPath(options: { dir?: string }, context: CliContext): string {
  return options.dir ?? join(readConfig(context.env).dataDir, 'member');
}

export async function readStandardInput(context: CliContext): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** https://no-color.org */
export const isColoured = ({ stdout, env }: CliContext): boolean =>
  stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
