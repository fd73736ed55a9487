import {
  MemberDirectory,
  requireOwnKeys,
  systemRuntime,
  verifyLog,
  type LogVerification,
  type ProvedDecision,
} from '@sekisho/client';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import type { Command } from 'commander';
import { setTimeout as wait } from 'node:timers/promises';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
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
      const session = await openSession(options, context);
      const directory = memberDirectoryPath(options, context);
      const { id, signing } = await new MemberDirectory(directory).open();
      const verified = await verifyLog({
        ...{ directory, hub: session.hub, runtime: systemRuntime, isAll: options.all ?? false },
        told: [{ kind: 'key', about: id, decisions: await session.keyDecisions() }],
      });
      const [keyChanges = []] = verified.decisions;
      requireOwnKeys(keyChanges, signing.kid);
      context.stdout.write(options.json ? toJson(forJson(verified)) : describe(verified));
      if (options.follow) await wait(options.every * 1_000);
    } while (options.follow);
  });
  withExample(
    command,
    'sekisho log verify --dir /etc/sekisho/isp-a',
    'sekisho log verify --follow --every 300',
  );
  registerDecisions(log, context);
  withExample(log, 'sekisho log verify --dir /etc/sekisho/isp-a', 'sekisho log decisions 203.0.113.9');
}

interface DecisionsOptions extends DirectoryOption, JsonOption {}

function registerDecisions(log: Command, context: CliContext): void {
  const command: Command = log
    .command('decisions')
    .description('when a subject was listed and delisted, each decision proved to be in the log')
    .argument('<subject>', 'an address, network, domain or hash', (text) =>
      usage(command, readSubject)(text),
    );
  withJson(withDirectory(command)).action(async (subject: Subject, options: DecisionsOptions) => {
    const session = await openSession(options, context);
    const about = formatSubject(subject);
    const verified = await verifyLog({
      ...{ directory: memberDirectoryPath(options, context), hub: session.hub, runtime: systemRuntime },
      told: [{ kind: 'listing', about, decisions: await session.listingDecisions(subject) }],
    });
    const [decisions = []] = verified.decisions;
    context.stdout.write(
      options.json
        ? toJson(decisions.map(({ index, said }) => ({ index, ...said })))
        : tableOf(decisions, context),
    );
  });
  withExample(command, 'sekisho log decisions 203.0.113.9');
}

function tableOf(decisions: readonly ProvedDecision[], context: CliContext): string {
  if (decisions.length === 0) return 'nothing was decided of it within 60 days\n';
  const columns = [
    { title: 'ENTRY', isNumber: true },
    { title: 'WHEN' },
    { title: 'ZONE' },
    { title: 'DECIDED' },
  ];
  return formatTable(
    columns,
    decisions.map(({ index, said }) => [
      String(index),
      formatLocalTime(said.at, context.timeZone),
      String(said['zone']),
      [said['codes']].flat().join(' ') || 'delisted',
    ]),
  );
}

/** For programs: the changes of the member's own keys under their name. */
function forJson({ decisions, ...rest }: LogVerification) {
  const [keyChanges = []] = decisions;
  return { ...rest, keyChanges: keyChanges.map(({ index, said }) => ({ index, ...said })) };
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
    [
      'your keys',
      `${String(verified.decisions[0]?.length ?? 0)} changes are in the log, the last one is yours`,
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
