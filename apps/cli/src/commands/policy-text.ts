import { PolicyInvalid } from '@sekisho/policy';
import { readFile } from 'node:fs/promises';
import { readStandardInput, type CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';
import { onOneLine } from '../print/one-line.js';

/**
 * A policy file, or a part of one, read by `parse`; `-` is standard input. Its faults are told line by line.
 * @throws {CommandFailed}
 */
export async function readPolicyText<T>(
  path: string,
  context: CliContext,
  parse: (text: string) => T,
): Promise<T> {
  try {
    return parse(path === '-' ? await readStandardInput(context) : await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof PolicyInvalid) {
      for (const { line, column, message } of error.faults)
        context.stderr.write(`${path}:${line}:${column}: ${onOneLine(message)}\n`);
      throw new CommandFailed(
        `${path} is no valid policy`,
        'correct these lines; docs/policyd.md describes the file',
      );
    }
    throw new CommandFailed(
      error instanceof Error ? error.message : String(error),
      'give a file that can be read',
    );
  }
}
