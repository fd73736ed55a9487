import { PayerKey, type CheckAnswer } from '@sekisho/client';
import {
  EVIDENCE_LEVELS,
  LEGAL_BASES,
  REASONS,
  type EvidenceLevel,
  type LegalBasis,
  type Reason,
} from '@sekisho/subscriber';
import { Option, type Command } from 'commander';
import { memberDirectoryPath, readStandardInput, type CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
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
import { openAgent } from './subscriber-agent.js';
import { inOrder } from './subscriber-batch.js';
import { registerEpochs } from './subscriber-epochs.js';
import { registerSubscriberCases } from './subscriber-case.js';
import { readPersons } from './subscriber-input.js';
import { registerSubscriberRecords } from './subscriber-record.js';

type Common = DirectoryOption & JsonOption;

const today = (context: CliContext) => new Date(context.now()).toISOString().slice(0, 10);

export function registerSubscriber(program: Command, context: CliContext): void {
  const subscriber = program
    .command('subscriber')
    .description('terminated subscribers: told and asked about without showing anybody who they are');
  registerTerminate(subscriber, context);
  registerCheck(subscriber, context);
  registerSubscriberRecords(subscriber, context);
  registerRenew(subscriber, context);
  registerSubscriberCases(subscriber, context);
  registerSignUps(subscriber, context);
  registerEpochs(subscriber, context);
  registerPayerKey(subscriber, context);
  registerAlarms(subscriber, context);
  withExample(
    subscriber,
    'sekisho subscriber check --notice 2026-1 --basis joint-use-notice < applicants.jsonl',
  );
}

function registerTerminate(parent: Command, context: CliContext): void {
  const command = parent
    .command('terminate')
    .description('record terminations for abuse of mail; one person a line');
  command
    .argument('[file]', 'JSON lines or CSV; - is standard input', '-')
    .addOption(new Option('--reason <reason>', 'what for').choices(REASONS).makeOptionMandatory())
    .addOption(
      new Option('--evidence <level>', 'what shows it').choices(EVIDENCE_LEVELS).makeOptionMandatory(),
    )
    .option('--on <day>', 'the day of termination, YYYY-MM-DD (default: today)')
    .option('--expires <day>', 'until when it is kept (default: by reason, 5 years at most)')
    .option('--canary', 'a planted person who does not exist (reviewers)');
  interface TerminateOptions extends Common {
    readonly reason: Reason;
    readonly evidence: EvidenceLevel;
    readonly on?: string;
    readonly expires?: string;
    readonly canary?: true;
  }
  withJson(withDirectory(command)).action(async (file: string, options: TerminateOptions) => {
    const persons = await readPersons(file, context);
    const agent = await openAgent(options, context);
    await inOrder(
      persons,
      context,
      async ({ ref, identifiers }) => {
        const { terminationId, expiresAt } = await agent.terminate({
          ...{ identifiers, reason: options.reason, evidence: options.evidence, caseNumber: ref },
          ...{ terminatedOn: options.on ?? today(context), expiresOn: options.expires },
          isCanary: options.canary === true,
        });
        return { ref, terminationId: terminationId ?? '', expires: expiresAt?.slice(0, 10) ?? '' };
      },
      (rows) => {
        context.stdout.write(
          options.json
            ? toJson(rows)
            : formatTable(
                ['REF', 'RECORD', 'EXPIRES'].map((title) => ({ title })),
                rows.map(({ ref, terminationId, expires }) => [ref, terminationId, expires]),
              ),
        );
      },
    );
  });
  withExample(
    command,
    'sekisho subscriber terminate --reason spam-sending --evidence logs < terminated.jsonl',
  );
}

function registerCheck(parent: Command, context: CliContext): void {
  const command = parent
    .command('check')
    .description(
      'ask about applicants at sign-up; an answer is for a person to review, never a refusal by itself',
    );
  command
    .argument('[file]', 'JSON lines or CSV; - is standard input', '-')
    .requiredOption('--notice <version>', 'the version of the notice that told the applicant of this check')
    .addOption(
      new Option('--basis <basis>', 'on what legal basis').choices(LEGAL_BASES).makeOptionMandatory(),
    );
  interface CheckOptions extends Common {
    readonly notice: string;
    readonly basis: LegalBasis;
  }
  withJson(withDirectory(command)).action(async (file: string, options: CheckOptions) => {
    const persons = await readPersons(file, context);
    const agent = await openAgent(options, context);
    const said = { noticeVersion: options.notice, legalBasis: options.basis };
    await inOrder(
      persons,
      context,
      async ({ ref, identifiers }) => ({ ref, ...(await agent.check(identifiers, said)) }),
      (rows) => {
        context.stdout.write(options.json ? toJson(rows) : formatAnswers(rows));
      },
    );
  });
  withExample(
    command,
    'sekisho subscriber check --notice 2026-1 --basis joint-use-notice < applicants.jsonl',
  );
}

/** A line for each match: several members may have terminated the same person. */
function formatAnswers(answers: readonly (CheckAnswer & { readonly ref: string })[]): string {
  return formatTable(
    ['REF', 'MATCH', 'SAME', 'REASON', 'CASE'].map((title) => ({ title })),
    answers.flatMap(({ ref, strength, matches }) =>
      matches.length === 0
        ? [[ref, strength, '', '', '']]
        : matches.map((one) => [ref, one.strength, one.types.join(' '), one.reason, one.caseId]),
    ),
  );
}

function registerRenew(parent: Command, context: CliContext): void {
  const command = parent
    .command('renew')
    .description("take your records into this month's keys, and send what could not be sent; run it daily");
  withJson(withDirectory(command)).action(async (options: Common) => {
    const done = await (await openAgent(options, context)).renew();
    context.stdout.write(
      options.json
        ? toJson(done)
        : formatPairs(Object.entries(done).map(([name, count]): [string, string] => [name, String(count)])),
    );
  });
  withExample(command, 'sekisho subscriber renew --dir /etc/sekisho/isp-a');
}

function registerSignUps(parent: Command, context: CliContext): void {
  const command = parent.command('sign-ups').description('declare how many sign-ups there were on a day');
  command
    .argument('<count>', 'sign-ups', usage(command, readInteger('count', 0, 1_000_000)))
    .option('--day <day>', 'YYYY-MM-DD (default: today)');
  withJson(withDirectory(command)).action(async (count: number, options: Common & { day?: string }) => {
    const day = options.day ?? today(context);
    await (await openAgent(options, context)).declareSignUps(day, count);
    context.stdout.write(
      options.json ? toJson({ day, signUps: count }) : formatPairs([[day, String(count)]]),
    );
  });
  withExample(command, 'sekisho subscriber sign-ups 120 --day 2026-11-24');
}

function registerPayerKey(parent: Command, context: CliContext): void {
  const command = parent
    .command('payer-key')
    .description(
      "keep the federation's key, with which payers are hashed here; compare the fingerprint with others",
    );
  command.option('--new', 'print a new key, for the working group to give to every member');
  withJson(withDirectory(command)).action(async (options: Common & { new?: true }) => {
    if (options.new) {
      context.stdout.write(`${PayerKey.generate()}\n`);
      return;
    }
    const dir = memberDirectoryPath(options, context);
    let key = await PayerKey.read(dir);
    if (key === undefined) {
      await PayerKey.install(dir, await readStandardInput(context));
      key = await PayerKey.read(dir);
    }
    if (key === undefined) throw new CommandFailed('the payer key could not be kept', 'see to the directory');
    const { fingerprint } = key;
    context.stdout.write(options.json ? toJson({ fingerprint }) : formatPairs([['payer key', fingerprint]]));
  });
  withExample(command, 'sekisho subscriber payer-key < payer-key.txt');
}

function registerAlarms(parent: Command, context: CliContext): void {
  const command = parent
    .command('alarms')
    .description('members that asked about planted persons, newest first (reviewers)');
  withJson(withDirectory(command)).action(async (options: Common) => {
    const all = await (await openAgent(options, context)).alarms();
    context.stdout.write(
      options.json
        ? toJson(all)
        : formatTable(
            ['RAISED', 'MEMBER', 'PLANTED', 'CHECK'].map((title) => ({ title })),
            all.map((one) => [
              ...[formatLocalTime(one.raisedAt, context.timeZone), one.memberId, one.terminationId],
              one.checkId,
            ]),
          ),
    );
  });
  withExample(command, 'sekisho subscriber alarms --json');
}
