import {
  APPEAL_DECISIONS,
  EVIDENCE_LEVELS,
  REASONS,
  type AppealDecision,
  type EvidenceLevel,
  type Reason,
} from '@sekisho/subscriber';
import { Option, type Command } from 'commander';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatPairs, formatTable } from '../print/table.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';
import { openAgent } from './subscriber-agent.js';
import { readPersons } from './subscriber-input.js';

type Common = DirectoryOption & JsonOption;
const RECORD = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';

/** What becomes of a record after it was made. */
export function registerSubscriberRecords(parent: Command, context: CliContext): void {
  registerList(parent, context);
  registerCorrect(parent, context);
  registerContest(parent, context);
  registerDecide(parent, context);
  registerWithdraw(parent, context);
}

function registerList(parent: Command, context: CliContext): void {
  const command = parent.command('records').description('your own records and what became of them');
  withJson(withDirectory(command)).action(async (options: Common) => {
    const all = await (await openAgent(options, context)).terminations();
    context.stdout.write(
      options.json
        ? toJson(all)
        : formatTable(
            ['RECORD', 'NUMBER', 'STATE', 'VERSION', 'REASON', 'EXPIRES'].map((title) => ({ title })),
            all.map((one) => [
              ...[one.id, one.caseNumber, one.state, String(one.version), one.reason],
              one.expiresAt.slice(0, 10),
            ]),
          ),
    );
  });
  withExample(command, 'sekisho subscriber records --json');
}

function registerCorrect(parent: Command, context: CliContext): void {
  const command = parent
    .command('correct')
    .description('put a new version of a record of your own in its place');
  command
    .argument('<record>', 'its id')
    .argument(
      '[file]',
      'the identifiers as they are right, one line; - is standard input (default: unchanged)',
    )
    .addOption(new Option('--reason <reason>', 'what for').choices(REASONS))
    .addOption(new Option('--evidence <level>', 'what shows it').choices(EVIDENCE_LEVELS))
    .option('--on <day>', 'the day of termination, YYYY-MM-DD')
    .option('--expires <day>', 'until when it is kept');
  interface CorrectOptions extends Common {
    readonly reason?: Reason;
    readonly evidence?: EvidenceLevel;
    readonly on?: string;
    readonly expires?: string;
  }
  withJson(withDirectory(command)).action(
    async (record: string, file: string | undefined, options: CorrectOptions) => {
      const persons = file === undefined ? [] : await readPersons(file, context);
      if (persons.length > 1) throw new UsageFault('a record is of one person', 'give one line');
      const { reason, evidence, on: terminatedOn, expires: expiresOn } = options;
      const identifiers = persons[0]?.identifiers;
      const change = { identifiers, reason, evidence, terminatedOn, expiresOn };
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      if (Object.keys(given).length === 0)
        throw new UsageFault('nothing to correct', 'sekisho subscriber correct --help');
      const { version = 0, expiresAt = '' } = await (
        await openAgent(options, context)
      ).correct(record, given);
      context.stdout.write(
        options.json
          ? toJson({ record, version, expiresAt })
          : formatPairs([
              ['corrected', record],
              ['version', String(version)],
              ['expires', expiresAt.slice(0, 10)],
            ]),
      );
    },
  );
  withExample(command, `sekisho subscriber correct ${RECORD} --reason phishing`);
}

function registerContest(parent: Command, context: CliContext): void {
  const command = parent
    .command('contest')
    .description('a record is contested: it does not answer until a reviewer of another member decides');
  command.argument('<record>', 'its id');
  withJson(withDirectory(command)).action(async (record: string, options: Common) => {
    await (await openAgent(options, context)).contest(record, true);
    context.stdout.write(options.json ? toJson({ contested: record }) : formatPairs([['contested', record]]));
  });
  withExample(command, `sekisho subscriber contest ${RECORD}`);
}

function registerDecide(parent: Command, context: CliContext): void {
  const command = parent
    .command('decide')
    .description('reviewers: end the contest of a record that another member reported');
  command
    .argument('<record>', 'its id')
    .addOption(
      new Option('--decision <decision>', 'what becomes of it')
        .choices(APPEAL_DECISIONS)
        .makeOptionMandatory(),
    )
    .requiredOption('--appeal <number>', "the working group's own number of the appeal; no name")
    .addOption(new Option('--reason <reason>', 'of a corrected record').choices(REASONS))
    .option('--expires <day>', 'of a corrected record, YYYY-MM-DD');
  interface DecideOptions extends Common {
    readonly decision: AppealDecision;
    readonly appeal: string;
    readonly reason?: Reason;
    readonly expires?: string;
  }
  withJson(withDirectory(command)).action(async (record: string, options: DecideOptions) => {
    const { decision, appeal, reason, expires: expiresOn } = options;
    await (await openAgent(options, context)).decide(record, { decision, appeal, reason, expiresOn });
    context.stdout.write(options.json ? toJson({ record, decision }) : formatPairs([[decision, record]]));
  });
  withExample(command, `sekisho subscriber decide ${RECORD} --decision withdrawn --appeal 2026-17`);
}

function registerWithdraw(parent: Command, context: CliContext): void {
  const command = parent.command('withdraw').description('take a record of your own back, for good');
  command.argument('<record>', 'its id');
  withJson(withDirectory(command)).action(async (record: string, options: Common) => {
    await (await openAgent(options, context)).withdraw(record);
    context.stdout.write(options.json ? toJson({ withdrawn: record }) : formatPairs([['withdrawn', record]]));
  });
  withExample(command, `sekisho subscriber withdraw ${RECORD}`);
}
