import { systemRuntime, verifyLog, type LogVerification } from '@sekisho/client';
import type { Command } from 'commander';
import { setTimeout as wait } from 'node:timers/promises';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { formatPairs } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  readInteger,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

interface VerifyOptions extends DirectoryOption, JsonOption {
  readonly all?: true;
  readonly follow?: true;
  readonly every: number;
}

export function registerLog(program: Command, context: CliContext): void {
  const log = program.command('log').description("the hub's transparency log");
  const command = log
    .command('verify')
    .description(
      'prove that all your accepted reports are in the log and that its history was not rewritten',
    );
  command
    .option('--all', 'prove again what earlier visits proved')
    .option('--follow', 'keep verifying; ends with status 1 at the first thing that is wrong')
    .option(
      '--every <seconds>',
      'how often with --follow',
      usage(command, readInteger('--every', 1, 86_400)),
      60,
    );
  withJson(withDirectory(command)).action(async (options: VerifyOptions) => {
    do {
      const { hub } = await openSession(options, context);
      const directory = memberDirectoryPath(options, context);
      const verified = await verifyLog({
        directory,
        hub,
        runtime: systemRuntime,
        isAll: options.all ?? false,
      });
      context.stdout.write(options.json ? toJson(verified) : describe(verified));
      if (options.follow) await wait(options.every * 1_000);
    } while (options.follow);
  });
  withExample(
    command,
    'sekisho log verify --dir /etc/sekisho/isp-a',
    'sekisho log verify --follow --every 300',
  );
  withExample(log, 'sekisho log verify --dir /etc/sekisho/isp-a');
}

function describe(verified: LogVerification): string {
  const { previousSize, pendingReceipts } = verified;
  return formatPairs([
    ['log', verified.origin],
    ['checkpoint', `${String(verified.size)} entries, root ${verified.root}`],
    [
      'history',
      previousSize === undefined
        ? 'first visit: remembered from now on'
        : `only grew since the last visit (${String(previousSize)} entries)`,
    ],
    [
      'your reports',
      `${String(verified.provedReports)} in ${String(verified.provedReceipts)} receipts are in the log`,
    ],
    ...(pendingReceipts > 0
      ? [
          ['not yet', `${String(pendingReceipts)} receipts are younger than the checkpoint`] as [
            string,
            string,
          ],
        ]
      : []),
    ['witnesses', verified.witnesses.join(', ') || 'none'],
  ]);
}
