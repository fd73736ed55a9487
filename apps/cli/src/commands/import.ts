import { MemberDirectory, MemberDirectoryFault, ReceiptBook } from '@sekisho/client';
import { SKIP_REASONS, type SkipReason, type TrustedRelays } from '@sekisho/evidence';
import { CATEGORIES, EVIDENCE, type Category, type Evidence, type ReportInput } from '@sekisho/report';
import { parseIp, parseNetwork, type Network } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import { createHash } from 'node:crypto';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { CommandEnded, EXIT_FAILED } from '../failure.js';
import { ContentPrint } from '../import/content-print.js';
import { ImportSender } from '../import/import-sender.js';
import { ImportState } from '../import/import-state.js';
import { listInputs } from '../import/input-file.js';
import { IMPORT_FORMATS, type ImportFormat } from '../import/input-kind.js';
import type { ImportRules } from '../import/read-inputs.js';
import { runImport, type ImportSummary } from '../import/run-import.js';
import { formatPairs, formatTable } from '../print/table.js';
import { bytesOf } from './message-files.js';
import { openSession, patience } from './member-session.js';
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

interface ImportOptions extends DirectoryOption, JsonOption {
  readonly format: ImportFormat;
  readonly trustedRelay: readonly string[];
  readonly reporter: readonly string[];
  readonly bounces: 'check' | 'never-sent';
  readonly sendingHost: readonly string[];
  readonly category?: Category;
  readonly evidence?: Evidence;
  readonly batchSize: number;
  readonly fingerprintKey?: string;
  readonly dryRun?: true;
}

export function registerImport(program: Command, context: CliContext): void {
  const command = program
    .command('import')
    .description('make reports of complaints, bounces, messages, mail server logs and tables, and send them');
  const collect = (value: string, before: readonly string[]) => [...before, value];
  command
    .argument('<path...>', 'files, mailboxes, folders; - is standard input')
    .addOption(new Option('--format <format>', 'what the input is').choices(IMPORT_FORMATS).default('auto'))
    .option(
      '--trusted-relay <host>',
      'a name, address or network of your own border; may be given again',
      collect,
      [],
    )
    .option(
      '--reporter <domain>',
      'believe only reports proved to be of this domain; may be given again',
      collect,
      [],
    )
    .addOption(
      new Option('--bounces <origin>', 'of mail that you may have sent, or for addresses that never send')
        .choices(['check', 'never-sent'])
        .default('check'),
    )
    .option('--sending-host <name>', 'a host by which your own mail leaves; may be given again', collect, [])
    .addOption(
      new Option('--category <category>', 'what the senders of messages and rows do').choices(CATEGORIES),
    )
    .addOption(new Option('--evidence <class>', 'how you know it of messages and rows').choices(EVIDENCE))
    .option(
      '--batch-size <number>',
      'reports in one envelope',
      usage(command, readInteger('--batch-size', 1, 1_000)),
      500,
    )
    .option(
      '--fingerprint-key <file>',
      "the federation's fingerprint secret: reports of messages say which campaign they are of",
    )
    .option('--dry-run', 'print every report as it would leave, a line each; send and remember nothing');
  withJson(withDirectory(command)).action(async (paths: string[], options: ImportOptions) => {
    const rules = await rulesOf(options, command, context);
    const run = { inputs: listInputs(paths, context.stdin), rules, batchSize: options.batchSize };
    if (options.dryRun) await rehearse(run, options, context);
    else await send(run, options, context);
  });
  withExample(
    command,
    'sekisho import --trusted-relay mx.isp-a.example abuse-desk.mbox --dry-run',
    'sekisho import --format eml --evidence trap --trusted-relay 192.0.2.0/28 --fingerprint-key secret trap/Maildir --dir isp-a',
    'sekisho import --format maillog /var/log/mail.log --dir isp-a',
  );
}

async function rulesOf(options: ImportOptions, command: Command, context: CliContext): Promise<ImportRules> {
  const { category, evidence, fingerprintKey } = options;
  return {
    format: options.format,
    now: context.now(),
    rows: { category, evidence },
    print: fingerprintKey === undefined ? undefined : new ContentPrint(await bytesOf(fingerprintKey)),
    evidence: {
      trusted: usage(command, () => relaysOf(options.trustedRelay))(''),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      bounces: { origin: options.bounces, sendingHosts: options.sendingHost.map(lower) },
      evidence,
      category: category ?? 'spam-source',
      reporters: options.reporter.length === 0 ? undefined : options.reporter.map(lower),
    },
  };
}

const lower = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** @throws {SubjectInvalid} for what looks like an address or network and is none */
function relaysOf(written: readonly string[]): TrustedRelays {
  const networks: Network[] = [];
  const hosts: string[] = [];
  for (const one of written) {
    if (one.includes('/')) networks.push(parseNetwork(one));
    else if (one.includes(':') || /^[\d.]+$/.test(one)) {
      const ip = parseIp(one);
      networks.push({ ...ip, prefixLength: ip.bytes.length * 8 });
      // Some servers write the address behind `by`.
      hosts.push(`[${ip.text}]`, ip.text);
    } else hosts.push(lower(one));
  }
  return { networks, hosts };
}

type Run = Pick<Parameters<typeof runImport>[0], 'inputs' | 'rules' | 'batchSize'>;

async function rehearse(run: Run, options: ImportOptions, context: CliContext): Promise<void> {
  const path = memberDirectoryPath(options, context);
  const member = await new MemberDirectory(path).open().catch((error: unknown) => {
    // Nothing is signed, so a mailbox can be looked through before there is any hub.
    if (error instanceof MemberDirectoryFault && error.code === 'member-directory-missing') return undefined;
    throw error;
  });
  const summary = await runImport({
    ...run,
    state: await ImportState.openForReading(path),
    sender: undefined,
    ownNetworks: member?.networks.map(parseNetwork),
    onReport: (report: ReportInput) => context.stdout.write(`${JSON.stringify(report)}\n`),
  });
  context.stderr.write(options.json ? toJson(summary) : formatSummary(summary, true));
}

async function send(run: Run, options: ImportOptions, context: CliContext): Promise<void> {
  const path = memberDirectoryPath(options, context);
  const session = await openSession(options, context);
  const state = await ImportState.open(path);
  let summary: ImportSummary;
  try {
    const sender = new ImportSender(session, state, {
      batchSize: options.batchSize,
      now: context.now,
      retry: patience(context),
      book: new ReceiptBook(path),
    });
    summary = await runImport({
      ...run,
      state,
      sender,
      ownNetworks: session.member.networks.map(parseNetwork),
      onProgress: (so) => {
        if (context.stderr.isTTY !== true) return;
        context.stderr.write(
          `\r${so.read.toLocaleString('en')} read, ${so.accepted.toLocaleString('en')} reports accepted`,
        );
      },
    });
  } finally {
    if (context.stderr.isTTY === true) context.stderr.write('\r\u001b[K');
    await state.close();
  }
  context.stdout.write(options.json ? toJson(summary) : formatSummary(summary, false));
  const rejected = sum(Object.values(summary.rejected));
  if (rejected === 0) return;
  context.stderr.write(`sekisho: the hub rejected ${several(rejected, 'report')}; the others are stored\n`);
  context.stderr.write('what to do: see the codes above; the input is not offered again\n');
  throw new CommandEnded(EXIT_FAILED);
}

const several = (count: number, name: string) => `${String(count)} ${name}${count === 1 ? '' : 's'}`;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

function formatSummary(summary: ImportSummary, isRehearsal: boolean): string {
  const { files, read, reports, accepted, envelopes } = summary;
  const skipped = Object.entries(summary.skipped).sort(([, a], [, b]) => b - a);
  const rejected = Object.entries(summary.rejected);
  const head = formatPairs([
    ['read', `${String(read)} messages, rows or lines of ${several(files, 'file')}`],
    ['reports', String(reports)],
    ...(isRehearsal
      ? [['sent', 'nothing: a dry run'] as const]
      : [['accepted', `${String(accepted)} in ${several(envelopes, 'envelope')}`] as const]),
    ...rejected.map(([code, count]) => ['rejected', `${String(count)} ${code}`] as const),
    ['skipped', String(sum(skipped.map(([, count]) => count)))],
  ]);
  if (skipped.length === 0) return head;
  const rows = skipped.map(([reason, count]) => [reason, String(count), SKIP_REASONS[reason as SkipReason]]);
  const columns = [
    { title: 'SKIPPED BECAUSE' },
    { title: 'COUNT', isNumber: true },
    { title: 'WHICH MEANS' },
  ];
  return `${head}\n${formatTable(columns, rows)}`;
}
