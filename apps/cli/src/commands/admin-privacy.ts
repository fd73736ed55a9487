import { CATEGORIES, type Category } from '@sekisho/report';
import { readSubject, type Subject } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import type { HeldRows, LoggedRequest } from '../admin/operator-database.js';
import { withDatabase } from '../admin/with-database.js';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs, formatTable } from '../print/table.js';
import { commandPath, toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

interface RequestOptions extends JsonOption {
  readonly case: string;
  readonly reason: string;
}

interface CorrectOptions extends RequestOptions {
  readonly category?: Category;
}

export function registerAdminPrivacy(admin: Command, context: CliContext): void {
  const privacy = admin.command('privacy').description('what the hub holds, and requests of people about it');
  registerHeld(privacy, context);
  const request = privacy
    .command('request')
    .description('a person asks about an identifier of theirs; each command is logged');
  registerAccess(request, context);
  registerCorrect(request, context);
  registerDelete(request, context);
  registerLog(request, context);
  const example =
    'sekisho admin privacy request access 203.0.113.9 --case 2026-17 --reason "asked in writing"';
  withExample(privacy, 'sekisho admin privacy report', example);
  withExample(request, example);
}

function registerHeld(privacy: Command, context: CliContext): void {
  const command = privacy.command('report').description('every table: what it holds, how old, until when');
  withJson(command).action(async (options: JsonOption) => {
    const held = await withDatabase(context, (database) => database.privacy.report());
    context.stdout.write(options.json ? toJson(held) : formatHeld(held, context));
  });
  withExample(command, 'sekisho admin privacy report --json');
}

function registerAccess(request: Command, context: CliContext): void {
  const command = requestCommand(
    request,
    'access',
    'print all that is held about a subject, without who reported it',
  );
  command.action(async (subject: Subject, options: RequestOptions) => {
    const held = await withDatabase(context, (database) =>
      database.privacy.requests.access(subject, groundOf(options, command), new Date(context.now())),
    );
    // It is handed to the person as it is, so it is JSON in any case.
    context.stdout.write(toJson(held));
  });
  withExample(
    command,
    'sekisho admin privacy request access 203.0.113.9 --case 2026-17 --reason "asked in writing" > held.json',
  );
}

function registerCorrect(request: Command, context: CliContext): void {
  const command = requestCommand(
    request,
    'correct',
    'reports about a subject count no more; it is scored again',
  );
  command.addOption(new Option('--category <category>', 'only reports of this category').choices(CATEGORIES));
  command.action(async (subject: Subject, options: CorrectOptions) => {
    const ground = groundOf(options, command);
    const counts = await withDatabase(context, (database) =>
      database.privacy.requests.correct(
        subject,
        { category: options.category },
        ground,
        new Date(context.now()),
      ),
    );
    print(context, 'corrected', counts, options);
  });
  withExample(
    command,
    'sekisho admin privacy request correct 203.0.113.9 --category zombie --case 2026-18 --reason "test traffic"',
  );
}

function registerDelete(request: Command, context: CliContext): void {
  const command = requestCommand(
    request,
    'delete',
    'delete all that is held about a subject; cannot be undone',
  );
  command.action(async (subject: Subject, options: RequestOptions) => {
    const ground = groundOf(options, command);
    const counts = await withDatabase(context, (database) =>
      database.privacy.requests.delete(subject, ground, new Date(context.now())),
    );
    print(context, 'deleted', counts, options);
  });
  withExample(
    command,
    'sekisho admin privacy request delete 203.0.113.9 --case 2026-19 --reason "address was hers alone"',
  );
}

function registerLog(request: Command, context: CliContext): void {
  const command = request.command('list').description('the log of requests, newest first');
  withJson(command).action(async (options: JsonOption) => {
    const logged = await withDatabase(context, (database) => database.privacy.requests.list(1_000));
    context.stdout.write(options.json ? toJson(logged) : formatLog(logged, context));
  });
  withExample(command, 'sekisho admin privacy request list --json');
}

function requestCommand(request: Command, name: string, description: string): Command {
  const command = request.command(name).description(description);
  return withJson(command)
    .argument(
      '<subject>',
      'an address, network, domain, address:<sha-256> or fingerprint:<sha-256>',
      usage(command, readSubject),
    )
    .requiredOption('--case <number>', 'your own reference; no name, it is kept for 3 years')
    .requiredOption('--reason <text>', 'why it is done; no name either');
}

function groundOf({ case: caseNumber, reason }: RequestOptions, command: Command) {
  if (caseNumber.trim() !== '' && reason.trim() !== '' && caseNumber.length <= 100 && reason.length <= 500) {
    return { caseNumber, reason };
  }
  throw new UsageFault(
    '--case takes 1 to 100 characters and --reason 1 to 500',
    `${commandPath(command)} --help`,
  );
}

function print(
  context: CliContext,
  what: string,
  counts: Readonly<Record<string, number>>,
  options: JsonOption,
) {
  context.stdout.write(
    options.json
      ? toJson({ [what]: counts })
      : formatPairs(
          Object.entries(counts).map(([name, count]) => [`${what} ${inWords(name)}`, String(count)]),
        ),
  );
}

/** `zoneEntries` as people write it. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const formatHeld = (held: readonly HeldRows[], { timeZone }: CliContext) =>
  formatTable(
    [
      { title: 'TABLE' },
      { title: 'CLASS' },
      { title: 'ROWS' },
      { title: 'OLDEST' },
      { title: 'KEPT UNTIL' },
      { title: 'HOLDS' },
    ],
    held.map(({ table, class: retentionClass, rows, oldest, until, holds }) => [
      ...[table, retentionClass, String(rows), formatLocalTime(oldest, timeZone), until, holds],
    ]),
  );

const formatLog = (logged: readonly LoggedRequest[], { timeZone }: CliContext) =>
  formatTable(
    [
      { title: 'DONE' },
      { title: 'KIND' },
      { title: 'CASE' },
      { title: 'SUBJECT (SHA-256)' },
      { title: 'REASON' },
    ],
    logged.map(({ doneAt, kind, caseNumber, subjectDigest, reason }) => [
      ...[formatLocalTime(doneAt, timeZone), kind, onOneLine(caseNumber), subjectDigest, onOneLine(reason)],
    ]),
  );
