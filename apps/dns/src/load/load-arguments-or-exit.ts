import { ZoneSpecInvalid } from '@sekisho/rbldnsd';
import { readLoadArguments, type LoadArguments } from './load-arguments.js';

/** Reads the command line or ends the process with status 2; undefined when it names no data files. */
export function loadArgumentsOrExit(argv: readonly string[]): LoadArguments | undefined {
  try {
    return readLoadArguments(argv);
  } catch (error) {
    const isUsage =
      error instanceof ZoneSpecInvalid || error instanceof RangeError || error instanceof TypeError;
    if (!isUsage) throw error;
    process.stderr.write(`sekisho: ${error.message}\n`);
    process.exit(2);
  }
}
