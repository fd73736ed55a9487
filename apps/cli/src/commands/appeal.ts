import {
  appealQuery,
  appealsQuery,
  decideAppealMutation,
  fileAppeal,
  systemRuntime,
  type Appeal,
} from '@sekisho/client';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { Argument, Option, type Command } from 'commander';
import type { CliContext } from '../context.js';
import { CommandFailed, UsageFault } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs, formatTable } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  commandPath,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

/** The most that the hub gives at once. */
const LIMIT = 100;
const STATES = ['unconfirmed', 'open', 'decided', 'withdrawn'] as const;
const EXAMPLE_ID = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';

interface ListOptions extends DirectoryOption, JsonOption {
  readonly state?: (typeof STATES)[number];
}
interface DecideOptions extends DirectoryOption, JsonOption {
  readonly reason: string;
}
interface FileOptions extends JsonOption {
  readonly hub: string;
  readonly text: string;
  readonly mail?: string;
  readonly language: 'en' | 'ja';
}

export function registerAppeal(program: Command, context: CliContext): void {
  const appeal = program.command('appeal').description('appeals against listings: file, review, decide');
  registerList(appeal, context);
  registerShow(appeal, context);
  registerDecide(appeal, context);
  registerFile(appeal, context);
  withExample(appeal, 'sekisho appeal list --state open --dir reviewer');
}

function registerList(appeal: Command, context: CliContext): void {
  const command = appeal
    .command('list')
    .description('appeals that were confirmed, the newest first; for reviewers')
    .addOption(new Option('--state <state>', 'only these').choices(STATES));
  withJson(withDirectory(command)).action(async ({ state, ...options }: ListOptions) => {
    const session = await openSession(options, context);
    const variables = { first: LIMIT, state: state?.toUpperCase() ?? null };
    const appeals = (await session.call(appealsQuery, variables)).appeals.edges.map(({ node }) => node);
    context.stdout.write(options.json ? toJson(appeals) : formatAppeals(appeals, context));
  });
  withExample(command, 'sekisho appeal list --state open --dir reviewer');
}

function registerShow(appeal: Command, context: CliContext): void {
  const command = appeal
    .command('show')
    .description('one appeal with the evidence by class; for reviewers')
    .argument('<id>', 'as sekisho appeal list shows it');
  withJson(withDirectory(command)).action(async (id: string, options: DirectoryOption & JsonOption) => {
    const found = (await (await openSession(options, context)).call(appealQuery, { id })).appeal;
    if (!found) throw new CommandFailed('there is no such appeal', 'sekisho appeal list');
    context.stdout.write(options.json ? toJson(found) : formatAppeal(found, context));
  });
  withExample(command, `sekisho appeal show ${EXAMPLE_ID} --dir reviewer`);
}

function registerDecide(appeal: Command, context: CliContext): void {
  const command: Command = appeal
    .command('decide')
    .description('uphold or reject an open appeal, as a reviewer who did not report it')
    .argument('<id>', 'as sekisho appeal list shows it')
    .addArgument(new Argument('<outcome>', 'what you decide').choices(['upheld', 'rejected']));
  withJson(withDirectory(command))
    .requiredOption('--reason <text>', 'for the appellant and the record; no names')
    .action(async (id: string, outcome: string, options: DecideOptions) => {
      if (options.reason.trim() === '') {
        throw new UsageFault('--reason must not be empty', `${commandPath(command)} --help`);
      }
      const session = await openSession(options, context);
      const seen = (await session.call(appealQuery, { id })).appeal;
      if (!seen) throw new CommandFailed('there is no such appeal', 'sekisho appeal list');
      const variables = { id, outcome: outcome.toUpperCase(), reason: options.reason, version: seen.version };
      const decided = (await session.call(decideAppealMutation, variables)).decideAppeal;
      context.stdout.write(options.json ? toJson(decided) : formatAppeal(decided, context));
    });
  withExample(
    command,
    `sekisho appeal decide ${EXAMPLE_ID} upheld --reason "a relay of forwarded mail" --dir reviewer`,
  );
}

function registerFile(appeal: Command, context: CliContext): void {
  const command: Command = appeal
    .command('file')
    .description('appeal against a listing; anybody can, without an account')
    .argument('<subject>', 'what is listed', usage(appeal, readSubject))
    .requiredOption('--hub <url>', 'where it is listed')
    .requiredOption('--text <text>', 'what was done about the cause, or why it is a mistake')
    .option('--mail <address>', 'to be told of the decision')
    .addOption(new Option('--language <language>', 'of the answer').choices(['en', 'ja']).default('en'));
  withJson(command).action(async (subject: Subject, { hub, text, mail, language, json }: FileOptions) => {
    if (!URL.canParse(hub)) {
      throw new UsageFault(
        '--hub is not a URL. Example: https://hub.example',
        `${commandPath(command)} --help`,
      );
    }
    const filed = await fileAppeal(
      hub,
      {
        ...{ subject: formatSubject(subject), text, mail },
        language: language === 'ja' ? 'JA' : 'EN',
      },
      systemRuntime,
    );
    context.stdout.write(
      json
        ? toJson(filed)
        : formatPairs([
            ['state', filed.state.toLowerCase()],
            ['next', 'open this page and confirm that it is yours; keep its address'],
            ['page', filed.url],
          ]),
    );
  });
  withExample(
    command,
    'sekisho appeal file 203.0.113.9 --hub https://hub.example --text "the machine was reinstalled"',
  );
}

function formatAppeals(appeals: readonly Appeal[], { timeZone }: CliContext): string {
  if (appeals.length === 0) return 'no appeals\n';
  return formatTable(
    ['ID', 'SUBJECT', 'LISTED AS', 'STATE', 'FILED', 'DUE'].map((title) => ({ title })),
    appeals.map((one) => [
      ...[one.id, one.subject, one.reasonClass, stateOf(one), formatLocalTime(one.filedAt, timeZone)],
      one.state === 'OPEN' && one.dueAt !== null ? formatLocalTime(one.dueAt, timeZone) : '',
    ]),
  );
}

const stateOf = ({ state, outcome, isOverdue }: Appeal) =>
  isOverdue ? 'open, overdue' : (outcome ?? state).toLowerCase();

function formatAppeal(one: Appeal, { timeZone }: CliContext): string {
  const effect = one.effectMs === null ? 'not confirmed by an edge yet' : `${String(one.effectMs)} ms`;
  const facts: [string, string][] = [
    ['appeal', one.id],
    ['subject', `${one.subject} (${one.reasonClass})`],
    ['state', stateOf(one)],
    ['filed', formatLocalTime(one.filedAt, timeZone)],
    ['written', onOneLine(one.text)],
  ];
  if (one.isConcerned) facts.push(['yours', 'your member reported or owns it: somebody else decides']);
  if (one.reason !== null) facts.push(['reason', onOneLine(one.reason)]);
  if (one.outcome === 'UPHELD') facts.push(['in effect', effect]);
  const evidence = one.evidence.map(({ factor, contribution, detail }) => [
    factor,
    String(contribution),
    detail,
  ]);
  const table = formatTable([{ title: 'EVIDENCE' }, { title: 'POINTS' }, { title: 'DETAIL' }], evidence);
  return formatPairs(facts) + (evidence.length === 0 ? '' : `\n${table}`);
}
