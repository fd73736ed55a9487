import {
  ReceiptBook,
  signEnvelope,
  submitEnvelope,
  systemRuntime,
  type HubSession,
  type Receipt,
} from '@sekisho/client';
import { CATEGORIES_OF, EVIDENCE, type Category, type Evidence, type ReportInput } from '@sekisho/report';
import { formatSubject, hashAddress, parseSubject, type Subject, type SubjectType } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import { memberDirectoryPath, readStandardInput, type CliContext } from '../context.js';
import { CommandEnded, EXIT_FAILED, UsageFault } from '../failure.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs } from '../print/table.js';
import { openSession, patience } from './member-session.js';
import { sealFile } from './sealed-file.js';
import {
  commandPath,
  readInteger,
  readMoment,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

interface ReportOptions extends DirectoryOption, JsonOption {
  readonly category: Category;
  readonly evidence: Evidence;
  readonly count: number;
  readonly firstSeen?: Date;
  readonly lastSeen?: Date;
  readonly influenced?: true;
  readonly sealedFile?: string;
}

interface ReportKind {
  readonly type: SubjectType;
  readonly argument: string;
  readonly description: string;
  readonly example: string;
}

const KINDS: readonly ReportKind[] = [
  {
    type: 'ip',
    argument: '<address>',
    description: 'report an IPv4 or IPv6 address',
    example: 'sekisho report ip 203.0.113.9 --category zombie --evidence trap --count 12',
  },
  {
    type: 'network',
    argument: '<cidr>',
    description: 'report a network',
    example: 'sekisho report network 192.0.2.0/24 --category dynamic-range --evidence owner',
  },
  {
    type: 'domain',
    argument: '<name>',
    description: 'report a domain',
    example: 'sekisho report domain shop.example.com --category spam-domain --evidence filter',
  },
  {
    type: 'address',
    argument: '[hash]',
    description: 'report an e-mail address; it is read from standard input and only its SHA-256 is sent',
    example: 'sekisho report address --category dropbox-address --evidence complaint < address.txt',
  },
  {
    type: 'fingerprint',
    argument: '<hash>',
    description: 'report the fingerprint (SHA-256) of a message',
    example: `sekisho report fingerprint ${'0f'.repeat(32)} --category phishing --evidence trap`,
  },
];

export function registerReport(program: Command, context: CliContext): void {
  const report = program.command('report').description('sign and send one report');
  for (const kind of KINDS) registerKind(report, kind, context);
  withExample(report, 'sekisho report ip 203.0.113.9 --category zombie --evidence trap --count 12');
}

function registerKind(report: Command, kind: ReportKind, context: CliContext): void {
  const command = report.command(kind.type).description(kind.description);
  command
    .argument(kind.argument, kind.type === 'address' ? 'a SHA-256 made before; - reads an address' : '')
    .addOption(
      new Option('--category <category>', 'what it does')
        .choices(CATEGORIES_OF[kind.type])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--evidence <class>', 'how you know').choices(EVIDENCE).makeOptionMandatory())
    .option(
      '--count <number>',
      'messages or events seen',
      usage(command, readInteger('--count', 1, 1_000_000)),
      1,
    )
    .option(
      '--first-seen <time>',
      'ISO 8601 (default: --last-seen)',
      usage(command, readMoment('--first-seen')),
    )
    .option('--last-seen <time>', 'ISO 8601 (default: now)', usage(command, readMoment('--last-seen')))
    .option('--influenced', "Sekisho's own verdict led to this report");
  if (kind.type === 'ip' || kind.type === 'network') {
    command.option(
      '--sealed-file <file>',
      'evidence that only the owner of the address can read: JSON, or a message of which the header is taken; - is standard input',
    );
  }
  withJson(withDirectory(command)).action(async (value: string | undefined, options: ReportOptions) => {
    const subject = await readReported(kind.type, value ?? '-', command, context);
    await sendReport(subject, reportOf(subject, options, command, context), options, context);
  });
  withExample(command, kind.example);
}

async function readReported(
  type: SubjectType,
  value: string,
  command: Command,
  context: CliContext,
): Promise<Subject> {
  if (type !== 'address') return usage(command, (text) => parseSubject(type, text))(value);
  if (value.includes('@')) {
    throw new UsageFault(
      'an e-mail address on the command line is visible to everybody on this machine',
      `give it on standard input: ${commandPath(command)} … < FILE`,
    );
  }
  if (value !== '-') return usage(command, (text) => parseSubject(type, text))(value);
  const lines = (await readStandardInput(context)).split('\n').filter((line) => line.trim() !== '');
  if (lines.length !== 1) {
    throw new UsageFault(
      `one address is expected on standard input, not ${String(lines.length)}`,
      `${commandPath(command)} --help`,
    );
  }
  return usage(command, (text) => parseSubject(type, hashAddress(text)))(lines[0] ?? '');
}

function reportOf(
  subject: Subject,
  options: ReportOptions,
  command: Command,
  context: CliContext,
): ReportInput {
  const lastSeen = options.lastSeen ?? new Date(context.now());
  const firstSeen = options.firstSeen ?? lastSeen;
  if (firstSeen > lastSeen) {
    throw new UsageFault('--first-seen is later than --last-seen', `${commandPath(command)} --help`);
  }
  return {
    subject: { type: subject.type, value: subject.value },
    category: options.category,
    evidence: options.evidence,
    count: options.count,
    firstSeen: firstSeen.toISOString(),
    lastSeen: lastSeen.toISOString(),
    influenced: options.influenced ?? false,
  };
}

async function sendReport(
  subject: Subject,
  open: ReportInput,
  options: ReportOptions,
  context: CliContext,
): Promise<void> {
  const session = await openSession(options, context);
  const report = await withSealed(subject, open, options, session, context);
  const envelope = await signEnvelope(session.member, [report], {
    now: context.now(),
    jti: systemRuntime.randomId(),
  });
  const receipt = await submitEnvelope(session.hub.endpoints.reports, envelope, {
    retry: patience(context),
    book: new ReceiptBook(memberDirectoryPath(options, context)),
  });
  if (options.json) context.stdout.write(toJson({ ...receipt, report }));
  else if (receipt.accepted > 0) context.stdout.write(describe(report, receipt, options));
  const [refused] = receipt.rejected;
  if (!refused) return;
  context.stderr.write(
    `sekisho: the hub rejected the report: ${onOneLine(`${refused.code}: ${refused.message}`)}
`,
  );
  context.stderr.write(`what to do: nothing was stored; correct the report and send it again\n`);
  throw new CommandEnded(EXIT_FAILED);
}

async function withSealed(
  subject: Subject,
  report: ReportInput,
  { sealedFile }: ReportOptions,
  session: HubSession,
  context: CliContext,
): Promise<ReportInput> {
  if (sealedFile === undefined) return report;
  const sealed = await sealFile(sealedFile, { subject, seenAt: report.lastSeen }, session, context);
  return { ...report, sealed };
}

function describe(report: ReportInput, receipt: Receipt, options: ReportOptions): string {
  const dir = options.dir === undefined ? '' : ` --dir ${options.dir}`;
  return formatPairs([
    ['accepted', `${formatSubject(report.subject)} as ${report.category}`],
    ['evidence', `${report.evidence}, count ${String(report.count ?? 1)}`],
    ['receipt', receipt.receiptId],
    ['to retract', `sekisho retract ${receipt.receiptId} 0${dir}`],
  ]);
}
