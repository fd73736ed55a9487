import { DEFAULT_RETRY, HubSession, MemberDirectory, type RetryPolicy } from '@sekisho/client';
import { memberDirectoryPath, type CliContext } from '../context.js';

/** A person waits in front of it: two seconds of patience, and a word about each wait. */
export const patience = (context: CliContext): RetryPolicy => ({
  ...DEFAULT_RETRY,
  attempts: 4,
  longestRetryAfterMs: 10_000,
  onRetry: ({ delayMs, error }) => {
    if (context.stderr.isTTY !== true) return;
    context.stderr.write(`sekisho: ${error.message}; trying again in ${(delayMs / 1_000).toFixed(1)} s\n`);
  },
});

export async function openSession(options: { dir?: string }, context: CliContext): Promise<HubSession> {
  const member = await new MemberDirectory(memberDirectoryPath(options, context)).open();
  return HubSession.open(member, { retry: patience(context) });
}
