/**
 * Starts a process: what it cannot start with is told on standard error in the words of the error, without a stack, and
 * the process ends with status 1. What nobody foresaw keeps its stack.
 */
export async function startOrExit<T>(name: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const isForeseen = error instanceof Error && 'kind' in error && error.kind !== 'Bug';
    const isSystem = error instanceof Error && 'code' in error && typeof error.code === 'string';
    const told =
      error instanceof Error ? (isForeseen || isSystem ? error.message : error.stack) : String(error);
    process.stderr.write(`sekisho ${name}: ${told ?? ''}\n`);
    process.exit(1);
  }
}
