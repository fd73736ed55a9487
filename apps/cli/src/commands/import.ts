import { discoverHubOf, HubRefused, MemberDirectory, signEnvelope, submitEnvelope } from '@sekisho/client';
import { readEvidence, type EvidenceRules, type MessageFormat, type SkipReason } from '@sekisho/evidence';
import { CATEGORIES_OF, EVIDENCE, type Category, type Evidence, type ReportInput } from '@sekisho/report';
import { parseIp, parseNetwork, type Network } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import { createHash } from 'node:crypto';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { readMessages } from '../import/message-source.js';
import { formatPairs } from '../print/table.js';
import { patience } from './member-session.js';
import {
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

interface ImportOptions extends DirectoryOption, JsonOption {
  readonly format: MessageFormat;
  readonly trustedRelay?: readonly Relay[];
  readonly sentBy?: readonly string[];
  readonly bounces: 'check' | 'never-sent';
  readonly evidence?: Evidence;
  readonly category: Category;
  readonly dryRun?: true;
}

type Relay = Network | string;

const BATCH = 500;

export function registerImport(program: Command, context: CliContext): void {
  const command = program
    .command('import')
    .description('make reports of complaints, bounces and collected mail, and send them')
    .argument('<path...>', 'files, mbox files, maildirs or folders');
  command
    .addOption(
      new Option('--format <format>', 'what the messages are')
        .choices(['auto', 'arf', 'dsn', 'eml'])
        .default('auto'),
    )
    .option(
      '--trusted-relay <cidr|host>',
      'a border host of yours, by name as it writes it after `by`, or its network; may be repeated',
      (text: string, before: readonly Relay[] | undefined) => [...(before ?? []), readRelay(command, text)],
    )
    .addOption(
      new Option('--bounces <origin>', 'never-sent: all bounces here answer mail that you did not send')
        .choices(['check', 'never-sent'])
        .default('check'),
    )
    .option(
      '--sent-by <host>',
      'an outgoing host of yours: a bounce that returns its Received line is no backscatter; may be repeated',
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text.toLowerCase()],
    )
    .addOption(new Option('--evidence <class>', 'how you know of plain messages').choices(EVIDENCE))
    .addOption(
      new Option('--category <category>', 'what the senders of plain messages do')
        .choices(CATEGORIES_OF.ip)
        .default('spam-source'),
    )
    .option('--dry-run', 'print exactly what would be sent, one report a line, and send nothing');
  withJson(withDirectory(command)).action(async (paths: readonly string[], options: ImportOptions) => {
    await importMessages(paths, options, context);
  });
  withExample(
    command,
    'sekisho import --trusted-relay mx.example.jp --evidence trap trap-mail/ --dry-run',
    'sekisho import --format arf feedback.mbox --dir isp-a',
  );
}

function readRelay(command: Command, text: string): Relay {
  if (text.includes('/')) return usage(command, parseNetwork)(text);
  if (!/^[\d.]+$|:/.test(text)) return text.toLowerCase();
  const { bytes, text: address } = usage(command, parseIp)(text);
  return parseNetwork(`${address}/${String(bytes.length * 8)}`);
}

function rulesOf(options: ImportOptions): EvidenceRules {
  const relays = options.trustedRelay ?? [];
  return {
    trusted: {
      networks: relays.filter((relay) => typeof relay !== 'string'),
      hosts: relays.filter((relay) => typeof relay === 'string'),
    },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    format: options.format,
    bounces: { origin: options.bounces, sendingHosts: options.sentBy ?? [] },
    evidence: options.evidence,
    category: options.category,
  };
}

interface Tally {
  messages: number;
  reports: number;
  accepted: number;
  /** Reports of envelopes that an earlier import of the same input sent. */
  sentBefore: number;
  readonly skipped: Record<string, number>;
  readonly rejected: Record<string, number>;
}

async function importMessages(
  paths: readonly string[],
  options: ImportOptions,
  context: CliContext,
): Promise<void> {
  const tally: Tally = { messages: 0, reports: 0, accepted: 0, sentBefore: 0, skipped: {}, rejected: {} };
  const send = options.dryRun ? undefined : await sender(options, context, tally);
  const rules = rulesOf(options);
  let batch: ReportInput[] = [];
  for await (const { bytes } of readMessages(paths)) {
    const found = readEvidence(bytes, rules);
    tally.messages += 1;
    tally.reports += found.reports.length;
    for (const { reason } of found.skipped) count(tally.skipped, reason satisfies SkipReason);
    if (!send) {
      for (const report of found.reports) context.stdout.write(`${JSON.stringify(report)}\n`);
      continue;
    }
    batch.push(...found.reports);
    if (batch.length < BATCH) continue;
    await send(batch);
    batch = [];
  }
  if (send && batch.length > 0) await send(batch);
  const output = options.dryRun ? context.stderr : context.stdout;
  output.write(options.json ? toJson(tally) : summaryOf(tally, options));
}

/** The same reports in the same order get the same jti, so that a repeated import counts once. */
async function sender(options: ImportOptions, context: CliContext, tally: Tally) {
  const member = await new MemberDirectory(memberDirectoryPath(options, context)).open();
  const hub = await discoverHubOf(member);
  return async (batch: readonly ReportInput[]): Promise<void> => {
    const jti = createHash('sha256').update(JSON.stringify(batch)).digest('base64url');
    const envelope = await signEnvelope(member, batch, { now: context.now(), jti });
    const receipt = await submitEnvelope(hub.endpoints.reports, envelope, {
      retry: patience(context),
    }).catch((error: unknown) => {
      // The same jti in an envelope signed at another time: its reports are stored already.
      if (error instanceof HubRefused && error.code === 'envelope-replayed') return undefined;
      throw error;
    });
    if (!receipt) {
      tally.sentBefore += batch.length;
      return;
    }
    tally.accepted += receipt.accepted;
    for (const { code } of receipt.rejected) count(tally.rejected, code);
  };
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function summaryOf(tally: Tally, options: ImportOptions): string {
  return formatPairs([
    ['messages', tally.messages.toLocaleString('en')],
    ['reports', tally.reports.toLocaleString('en')],
    ...(options.dryRun
      ? []
      : [
          ['accepted', tally.accepted.toLocaleString('en')] as [string, string],
          ['sent before', tally.sentBefore.toLocaleString('en')] as [string, string],
        ]),
    ...Object.entries(tally.skipped).map(([reason, n]): [string, string] => [
      `skipped: ${reason}`,
      String(n),
    ]),
    ...Object.entries(tally.rejected).map(([code, n]): [string, string] => [`rejected: ${code}`, String(n)]),
  ]);
}
