import { keepVeto, WorkingGroup, type JointAction } from '@sekisho/client';
import { ACTION_KINDS, VOTES } from '@sekisho/workgroup';
import { Argument, Option, type Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { formatAction, formatActions, inCapitals } from '../print/action.js';
import { openSession } from './member-session.js';
import {
  readMoment,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

type Options = DirectoryOption & JsonOption;

/** In one answer of the hub. */
const LIMIT = 100;

export function registerAction(program: Command, context: CliContext): void {
  const action = program.command('action').description('decide in the working group, and act together');
  const group = async (options: Options) => new WorkingGroup(await openSession(options, context));
  const told = (options: Options, one: JointAction) => {
    context.stdout.write(options.json ? toJson(one) : formatAction(one, context));
  };
  /** A command about one action: `name <id>`. */
  const aboutOne = (name: string, summary: string) =>
    withJson(withDirectory(action.command(name).description(summary).argument('<id>', 'as list shows it')));

  registerPropose(action, group, told);
  registerEdit(aboutOne, group, told);
  registerList(action, group, context);

  withExample(
    aboutOne('show', 'all about one action').action(async (id: string, options: Options) => {
      told(options, await (await group(options)).get(id));
    }),
    'sekisho action show 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --dir isp-a',
  );
  withExample(
    aboutOne('submit', 'put a draft before the members').action(async (id: string, options: Options) => {
      told(options, await (await group(options)).command('submit', { id }));
    }),
    'sekisho action submit 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --dir isp-a',
  );
  withExample(
    aboutOne('vote', "give your member's vote, which is final")
      .addArgument(new Argument('<vote>', 'what you vote').choices(VOTES))
      .option('--reason <text>', 'why', '')
      .action(async (id: string, vote: string, options: Options & { reason: string }) => {
        const { reason } = options;
        told(options, await (await group(options)).command('vote', { id, vote: inCapitals(vote), reason }));
      }),
    'sekisho action vote 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 yes --dir isp-a',
  );
  registerSchedule(aboutOne, group, told);
  withExample(
    aboutOne('rollback', 'have all members take it back at one moment')
      .requiredOption('--reason <text>', 'why')
      .action(async (id: string, options: Options & { reason: string }) => {
        told(options, await (await group(options)).command('rollBack', { id, reason: options.reason }));
      }),
    "sekisho action rollback 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --reason 'hits a newsletter' --dir isp-a",
  );
  withExample(
    aboutOne('withdraw', 'take your own proposal back')
      .requiredOption('--reason <text>', 'why')
      .action(async (id: string, options: Options & { reason: string }) => {
        told(options, await (await group(options)).command('withdraw', { id, reason: options.reason }));
      }),
    "sekisho action withdraw 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --reason 'it stopped' --dir isp-a",
  );
  withExample(
    aboutOne('comment', 'say something about it')
      .argument('<text>', 'what all members read')
      .action(async (id: string, text: string, options: Options) => {
        told(options, await (await group(options)).command('comment', { id, text }));
      }),
    "sekisho action comment 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 'we see it too' --dir isp-a",
  );
  registerReport(action, group, context);
  registerParticipation(aboutOne, group, told, context);
}

type Group = (options: Options) => Promise<WorkingGroup>;
type Told = (options: Options, one: JointAction) => void;
type AboutOne = (name: string, summary: string) => Command;

interface ContentOptions extends Options {
  readonly kind?: string;
  readonly title?: string;
  readonly reason?: string;
  readonly category?: string;
  readonly campaign?: string;
  readonly member?: string;
  readonly messagesPerHour?: string;
  readonly noticeTo?: string;
  readonly noticeText?: string;
}

const KIND = () => new Option('--kind <kind>', 'what to do').choices(ACTION_KINDS);
const withDetails = (command: Command) =>
  command
    .option('--category <category>', 'of a joint-listing, as in reports')
    .option('--campaign <id>', 'the campaign that it is about')
    .option('--member <id>', 'of a member-suspension')
    .option('--messages-per-hour <number>', 'of a joint-throttle, for each sending network (default: 30)')
    .option('--notice-to <address>', 'of a joint-notice or evidence-package: to whom')
    .option('--notice-text <text>', 'of a joint-notice or evidence-package: what');

/** What the options say of an action; what they do not say is undefined. */
const contentOf = ({ kind, title, reason, messagesPerHour, ...options }: ContentOptions) => ({
  ...{ kind: kind === undefined ? undefined : inCapitals(kind), title, reason },
  ...{ category: options.category, campaignId: options.campaign, memberId: options.member },
  ...{ noticeTo: options.noticeTo, noticeText: options.noticeText },
  messagesPerHour: messagesPerHour === undefined ? undefined : Number(messagesPerHour),
});

interface ProposeOptions extends ContentOptions {
  readonly emergency?: true;
  readonly draft?: true;
}

function registerPropose(action: Command, group: Group, told: Told): void {
  const command = action
    .command('propose')
    .description('put an action before the members')
    .argument('[subject...]', 'addresses, networks, domains or fingerprints')
    .addOption(KIND().makeOptionMandatory())
    .requiredOption('--title <text>', 'in a few words')
    .requiredOption('--reason <text>', 'the evidence, and what is hoped for');
  withDetails(command)
    .option('--emergency', 'two officers put it in force for a day at most; the vote comes afterwards')
    .option('--draft', 'shown to your member alone, until sekisho action submit');
  withJson(withDirectory(command)).action(async (subjects: string[], options: ProposeOptions) => {
    const input = {
      ...{ ...contentOf(options), subjects },
      ...{ isEmergency: options.emergency ?? false, isDraft: options.draft ?? false },
    };
    told(options, await (await group(options)).command('propose', { input }));
  });
  withExample(
    command,
    "sekisho action propose 203.0.113.0/24 --kind joint-listing --category spam-source --title Snowshoe --reason 'one text, 200 addresses' --dir isp-a",
  );
}

function registerEdit(aboutOne: AboutOne, group: Group, told: Told): void {
  const command = aboutOne('edit', 'change your draft; what is not given stays as it is')
    .argument('[subject...]', 'in the place of those that it has')
    .addOption(KIND())
    .option('--title <text>', 'in a few words')
    .option('--reason <text>', 'the evidence, and what is hoped for');
  withDetails(command).action(async (id: string, subjects: string[], options: ContentOptions) => {
    const members = await group(options);
    const draft = await members.get(id);
    told(
      options,
      await members.command('edit', { id, version: draft.version, input: edited(draft, subjects, options) }),
    );
  });
  withExample(
    command,
    "sekisho action edit 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --title 'Snowshoe, wider' --dir isp-a",
  );
}

/** The whole draft as it is to be. Another kind of action keeps none of the details of the one before. */
function edited(draft: JointAction, subjects: readonly string[], options: ContentOptions) {
  const given = contentOf(options);
  const { title, reason, campaignId, category, messagesPerHour, noticeTo, noticeText } = draft;
  const isSameKind = given.kind === undefined || given.kind === draft.kind;
  const before = {
    ...{
      kind: draft.kind,
      title,
      reason,
      campaignId,
      subjects: draft.subjects,
      isEmergency: draft.isEmergency,
    },
    ...(isSameKind && { category, messagesPerHour, noticeTo, noticeText, memberId: draft.concerns }),
  };
  const changes = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(changes), ...(subjects.length > 0 && { subjects }) };
}

function registerList(action: Command, group: Group, context: CliContext): void {
  const command = action
    .command('list')
    .description('actions, newest first')
    .option('--state <state>', 'only those: review, scheduled, in-force ...');
  withJson(withDirectory(command)).action(async (options: Options & { state?: string }) => {
    const state = options.state === undefined ? undefined : inCapitals(options.state);
    const actions = await (await group(options)).list({ first: LIMIT, state });
    context.stdout.write(options.json ? toJson(actions) : formatActions(actions, context));
  });
  withExample(command, 'sekisho action list --state review --dir isp-a');
}

function registerSchedule(aboutOne: AboutOne, group: Group, told: Told): void {
  const times = (command: Command) =>
    command
      .requiredOption('--at <time>', 'T0: when all members apply it', usage(command, readMoment('--at')))
      .requiredOption('--until <time>', 'when all take it back', usage(command, readMoment('--until')));
  interface TimeOptions extends Options {
    readonly at: Date;
    readonly until: Date;
    readonly reason: string;
  }
  const moments = ({ at, until }: TimeOptions) => ({
    effectiveAt: at.toISOString(),
    expiresAt: until.toISOString(),
  });
  withExample(
    times(aboutOne('schedule', 'set when all members apply an approved action')).action(
      async (id: string, options: TimeOptions) => {
        told(options, await (await group(options)).command('schedule', { id, ...moments(options) }));
      },
    ),
    'sekisho action schedule 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --at 2026-11-20T10:00:00+09:00 --until 2026-11-27T10:00:00+09:00 --dir isp-a',
  );
  withExample(
    times(aboutOne('confirm', 'as second officer: put an emergency of another member in force'))
      .requiredOption('--reason <text>', 'why')
      .action(async (id: string, options: TimeOptions) => {
        const { reason } = options;
        told(options, await (await group(options)).command('confirm', { id, ...moments(options), reason }));
      }),
    "sekisho action confirm 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --at 2026-11-20T10:00:00+09:00 --until 2026-11-21T10:00:00+09:00 --reason 'a flood of malware' --dir isp-a",
  );
}

function registerReport(action: Command, group: Group, context: CliContext): void {
  const command = action
    .command('report')
    .description('the after-action report: what it achieved, who acted, what it cost')
    .argument('<id>', 'as list shows it')
    .addOption(
      new Option('--format <format>', 'a page to print, or JSON').choices(['html', 'json']).default('html'),
    )
    .addOption(new Option('--language <language>', 'of the page').choices(['en', 'ja']).default('en'))
    .option('--zone <zone>', 'the time zone of the page (default: UTC)');
  interface ReportOptions extends DirectoryOption {
    readonly format: 'html' | 'json';
    readonly language: string;
    readonly zone?: string;
  }
  withDirectory(command).action(async (id: string, { format, language, zone, dir }: ReportOptions) => {
    const one = await group(dir === undefined ? {} : { dir });
    const text = await one.report(id, { format, language, ...(zone !== undefined && { zone }) });
    context.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  });
  withExample(
    command,
    'sekisho action report 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --language ja --zone Asia/Tokyo --dir isp-a > report.html',
  );
}

/** What a member without an agent says by hand, and what overrides an agent. */
function registerParticipation(aboutOne: AboutOne, group: Group, told: Told, context: CliContext): void {
  const acknowledge = async (id: string, state: string, options: Options, reason = '') =>
    (await group(options)).command('acknowledge', { id, state, at: null, clockOffsetMs: 0, reason });
  for (const [name, state, summary] of [
    ['ready', 'READY', 'say that your member is ready'],
    ['applied', 'APPLIED', 'say that your member has carried it out'],
    ['removed', 'REMOVED', 'say that your member has taken it back'],
  ] as const) {
    withExample(
      aboutOne(name, `${summary}; an agent does so by itself`).action(
        async (id: string, options: Options) => {
          told(options, await acknowledge(id, state, options));
        },
      ),
      `sekisho action ${name} 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --dir isp-a`,
    );
  }
  withExample(
    aboutOne('veto', 'your member does not take part; its agent takes back what it applied')
      .requiredOption('--reason <text>', 'why, as all members read it')
      .action(async (id: string, options: Options & { reason: string }) => {
        const { reason } = options;
        // First here: it holds also when the hub cannot be reached.
        await keepVeto(memberDirectoryPath(options, context), { id, reason }, () => randomUUID());
        told(options, await acknowledge(id, 'VETOED', options, reason));
      }),
    "sekisho action veto 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 --reason 'a customer of ours' --dir isp-a",
  );
}
