import { readConfig } from '@sekisho/config';
import { CATEGORIES, type Category } from '@sekisho/report';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import type { OperatorDatabase, StoredDecision } from '../admin/operator-database.js';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs, formatTable } from '../print/table.js';
import {
  commandPath,
  readMoment,
  toJson,
  usage,
  withExample,
  withJson,
  type JsonOption,
} from './shared-options.js';

interface SetOptions extends JsonOption {
  readonly kind: StoredDecision['kind'];
  readonly category?: Category;
  readonly from?: Date;
  readonly until: Date;
  readonly case: string;
  readonly reason: string;
}

const SET_EXAMPLE =
  'sekisho admin decision set 203.0.113.9 --kind never-list --until 2026-12-20T00:00:00Z --case 2026-31 --reason "relay of a hospital"';
const END_EXAMPLE = 'sekisho admin decision end 2026-31 --reason "the relay moved"';

export function registerAdminDecision(admin: Command, context: CliContext): void {
  const decision = admin
    .command('decision')
    .description(
      'list a subject, or never list it, whatever the evidence says; each is in the transparency log',
    );
  registerSet(decision, context);
  registerEnd(decision, context);
  registerList(decision, context);
  withExample(decision, SET_EXAMPLE, END_EXAMPLE);
}

function registerSet(decision: Command, context: CliContext): void {
  const command: Command = decision
    .command('set')
    .description('decide about a subject for a time; of one case and subject the last decision counts');
  withJson(command)
    .argument(
      '<subject>',
      'an address, network, domain, address:<sha-256> or fingerprint:<sha-256>',
      usage(command, readSubject),
    )
    .addOption(
      new Option('--kind <kind>', 'what is decided').choices(['list', 'never-list']).makeOptionMandatory(),
    )
    .addOption(
      new Option('--category <category>', 'of list: what for (default: what the evidence says most)').choices(
        CATEGORIES,
      ),
    )
    .option('--from <time>', 'when it begins to count (default: now)', usage(command, readMoment('--from')))
    .requiredOption('--until <time>', 'when it ends by itself', usage(command, readMoment('--until')))
    .requiredOption('--case <number>', 'your own reference, by which it is ended; no name of a person')
    .requiredOption('--reason <text>', 'why; no name either, it is kept for a year after the end')
    .action(async (subject: Subject, options: SetOptions) => {
      refuseBlank(options, command);
      const now = new Date(context.now());
      const { kind, category, until, reason } = options;
      const isNew = await withDecisions(context, (decisions) =>
        decisions.set(
          {
            ...{ subject, kind, category, from: options.from ?? now, until, reason },
            source: { type: 'operator', id: options.case },
          },
          now,
        ),
      );
      const text = formatSubject(subject);
      context.stdout.write(
        options.json
          ? toJson({ subject: text, kind, category, until: until.toISOString(), isNew })
          : formatPairs([
              ['subject', text],
              ['decided', isNew ? kind : `${kind}, as before`],
              ['until', formatLocalTime(until, context.timeZone)],
            ]),
      );
    });
  withExample(command, SET_EXAMPLE);
}

function registerEnd(decision: Command, context: CliContext): void {
  const command: Command = decision
    .command('end')
    .description('end all decisions of a case of yours; from then on evidence counts again')
    .argument('<case>', 'the --case that they were made under');
  withJson(command)
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, { reason, json }: JsonOption & { readonly reason: string }) => {
      refuseBlank({ case: id, reason }, command);
      await withDecisions(context, (decisions) =>
        decisions.end({ type: 'operator', id }, new Date(context.now()), reason),
      );
      context.stdout.write(json ? toJson({ case: id, isEnded: true }) : `${onOneLine(id)} is ended\n`);
    });
  withExample(command, END_EXAMPLE);
}

function registerList(decision: Command, context: CliContext): void {
  const command = decision.command('list').description('decisions in force or still to come, newest first');
  withJson(command)
    .option('--all', 'those that are over too')
    .action(async ({ all, json }: JsonOption & { readonly all?: true }) => {
      const listed = await withDecisions(context, (decisions) =>
        decisions.list({ isInForceOnly: all !== true }, new Date(context.now())),
      );
      context.stdout.write(json ? toJson(listed.map(toPlain)) : formatDecisions(listed, context));
    });
  withExample(command, 'sekisho admin decision list --json');
}

function refuseBlank({ case: id, reason }: Pick<SetOptions, 'case' | 'reason'>, command: Command): void {
  if (id.trim() !== '' && reason.trim() !== '' && id.length <= 100 && reason.length <= 500) return;
  throw new UsageFault(
    'the case takes 1 to 100 characters and --reason 1 to 500',
    `${commandPath(command)} --help`,
  );
}

async function withDecisions<T>(
  context: CliContext,
  use: (decisions: OperatorDatabase['decisions']) => Promise<T>,
): Promise<T> {
  const database = await context.openOperatorDatabase(readConfig(context.env));
  try {
    return await use(database.decisions);
  } finally {
    await database.close();
  }
}

const toPlain = (one: StoredDecision) => ({ ...one, subject: formatSubject(one.subject) });

const formatDecisions = (listed: readonly StoredDecision[], { timeZone }: CliContext) =>
  formatTable(
    [
      { title: 'SUBJECT' },
      { title: 'DECIDED' },
      { title: 'FOR' },
      { title: 'FROM' },
      { title: 'UNTIL' },
      { title: 'BY' },
      { title: 'REASON' },
    ],
    listed.map(({ subject, kind, category, from, until, endedAt, source, reason }) => [
      ...[formatSubject(subject), kind, category ?? ''],
      ...[formatLocalTime(from, timeZone), formatLocalTime(endedAt ?? until, timeZone)],
      ...[onOneLine(`${source.type} ${source.id}`), onOneLine(reason)],
    ]),
  );
