import {
  ActionNotTaken,
  CaseFault,
  HubAnswerInvalid,
  HubChanged,
  HubRefused,
  HubUnreachable,
  KeyMismatch,
  MemberDirectoryFault,
  PayerKeyMissing,
  StatementForged,
  TrusteeFailed,
} from '@sekisho/client';
import { ConfigInvalid } from '@sekisho/config';
import { CommanderError } from 'commander';
import type { CliContext } from './context.js';
import { onOneLine } from './print/one-line.js';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The command line cannot be understood. `remedy` is what to type instead. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
  constructor(
    message: string,
    readonly remedy: string,
    /** Further lines of the same kind. */
    readonly others: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The command was understood and did not succeed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** The command has told all there is to tell, and ends with this status. */
export class CommandEnded extends Error {
  override readonly name = 'CommandEnded';
  constructor(readonly status: number) {
    super(`exit status ${status}`);
  }
}

/** Tells the person on standard error what went wrong and what to do; resolves to the exit status. */
export function reportFailure(error: unknown, context: CliContext): number {
  // Commander has printed help or its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  if (error instanceof CommandEnded) return error.status;
  const { problems, remedy } = explain(error);
  for (const line of problems) context.stderr.write(`sekisho: ${onOneLine(line)}\n`);
  context.stderr.write(`what to do: ${remedy}\n`);
  if (context.env['SEKISHO_LOG'] === 'debug' && error instanceof Error) {
    context.stderr.write(`${error.stack ?? ''}\n`);
  }
  return error instanceof UsageFault ? EXIT_USAGE : EXIT_FAILED;
}

interface Explanation {
  readonly problems: readonly string[];
  readonly remedy: string;
}

function explain(error: unknown): Explanation {
  if (error instanceof ConfigInvalid) {
    return {
      problems: error.faults,
      remedy: 'set each variable as in its example, or unset it for its default',
    };
  }
  const problems = [error instanceof Error ? error.message : String(error)];
  if (error instanceof UsageFault) {
    return { problems: [...problems, ...error.others], remedy: error.remedy };
  }
  if (error instanceof CommandFailed || error instanceof MemberDirectoryFault) {
    return { problems, remedy: error.remedy };
  }
  if (error instanceof HubUnreachable) {
    return {
      problems,
      remedy: 'check that the hub runs and that its URL is right, then run the same command again',
    };
  }
  if (error instanceof HubAnswerInvalid) {
    return { problems, remedy: 'check the URL; it is the one that opens the hub in a browser' };
  }
  if (error instanceof HubChanged) {
    return {
      problems,
      remedy: 'nothing was sent; ask the hub operator, and enrol again if the new id is right',
    };
  }
  if (error instanceof KeyMismatch || error instanceof StatementForged) {
    return {
      problems,
      remedy: 'nothing was asked or sent; keep what was shown and tell hub, trustee and working group',
    };
  }
  if (error instanceof TrusteeFailed) {
    return {
      problems,
      remedy: 'run the same command again later; terminations are kept: sekisho subscriber renew sends them',
    };
  }
  if (error instanceof PayerKeyMissing) {
    return { problems, remedy: 'get it from the working group: sekisho subscriber payer-key < FILE' };
  }
  if (error instanceof ActionNotTaken) return { problems, remedy: remedyForAction(error) };
  if (error instanceof CaseFault) return { problems, remedy: remedyForCase(error) };
  if (error instanceof HubRefused) return { problems, remedy: remedyForRefusal(error) };
  return { problems, remedy: remedyForOther(error) };
}

function remedyForAction({ code }: ActionNotTaken): string {
  if (code === 'conduct-not-accepted') return 'read it, then: sekisho conduct accept';
  if (code === 'recused') return 'say what you have to say: sekisho action comment ID TEXT';
  return 'look at it as it is now: sekisho action show ID';
}

function remedyForCase({ code }: CaseFault): string {
  if (code === 'case-not-opened') return 'run the same command again later; its daily `cases` opens it';
  if (code === 'case-key-forged' || code === 'message-forged') {
    return 'believe nothing in this case; keep what was shown and tell the working group';
  }
  return 'sekisho subscriber cases';
}

function remedyForRefusal(error: HubRefused): string {
  if (error.code === 'enrolment-code-invalid') {
    return 'ask the hub operator for a new code (sekisho admin member code ID)';
  }
  if (error.kind === 'Rejected') {
    if (error.code === 'access-denied')
      return 'ask the hub operator, if that role should be yours (sekisho me)';
    return error.status === 401
      ? "check this machine's clock, and that the member is not suspended"
      : 'correct what the hub names';
  }
  const wait = error.retryAfterSeconds;
  const again = `run the same command again ${wait ? `in ${String(wait)} s` : 'in a minute'}`;
  return error.errorId ? `${again}; if it stays, tell the hub operator error id ${error.errorId}` : again;
}

function remedyForOther(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof Error && error.name === 'LogRefused') {
    return 'keep the directory log/ of the member as it is, and tell the other members and the working group: the log is not to be trusted';
  }
  if (code === 'key-not-own') {
    return 'have the hub operator suspend the member at once, and tell the working group: somebody else can sign in its name';
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return 'run it as the account that owns the directory';
  if (code === 'ENOSPC') return 'make room on the disk';
  const isExpected = error instanceof Error && 'kind' in error && error.kind === 'Rejected';
  return isExpected
    ? 'correct it and run the command again'
    : 'run it again with SEKISHO_LOG=debug and report what it shows';
}
