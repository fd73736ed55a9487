import { fetchEvidence, MemberDirectory, type OpenedEvidence } from '@sekisho/client';
import type { Command } from 'commander';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { CommandEnded, EXIT_FAILED } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

/** In one run: at most 12 MB. The rest waits at the hub. */
const LIMIT = 1_000;

interface EvidenceOptions extends DirectoryOption, JsonOption {
  readonly keep?: true;
}

export function registerEvidence(program: Command, context: CliContext): void {
  const command = program
    .command('evidence')
    .description('fetch sealed evidence about your own addresses, open it here and acknowledge it')
    .option('--keep', 'acknowledge nothing: the hub keeps it, 14 days at most');
  withJson(withDirectory(command)).action(async (options: EvidenceOptions) => {
    const session = await openSession(options, context);
    const directory = new MemberDirectory(memberDirectoryPath(options, context));
    const { opened, hasMore } = await fetchEvidence(session, directory, { limit: LIMIT });
    context.stdout.write(options.json ? toJson(opened.map(toPlain)) : formatAll(opened, context));
    // Only what is printed is acknowledged; interrupted in between, it is printed once more.
    const ids = opened.flatMap((piece) => ('evidence' in piece ? [piece.id] : []));
    if (!options.keep && ids.length > 0) await session.acknowledgeEvidence(ids);
    if (hasMore) context.stderr.write('sekisho: more is waiting; run the command again\n');
    const faults = opened.filter((piece) => 'fault' in piece);
    if (faults.length === 0) return;
    for (const { id, fault } of faults) {
      context.stderr.write(`sekisho: ${id} cannot be opened: ${onOneLine(fault.message)}\n`);
    }
    context.stderr.write(
      'what to do: look for the old encryption.*.jwk of this member in a backup; the hub keeps the evidence 14 days\n',
    );
    throw new CommandEnded(EXIT_FAILED);
  });
  withExample(command, 'sekisho evidence --json --dir /etc/sekisho/isp-a > evidence.json');
}

export const toPlain = (piece: OpenedEvidence) =>
  'fault' in piece
    ? { id: piece.id, subject: piece.subject, receivedAt: piece.receivedAt, fault: piece.fault.code }
    : piece;

function formatAll(opened: readonly OpenedEvidence[], context: CliContext): string {
  if (opened.length === 0) return 'no evidence is waiting\n';
  return opened.map((piece) => formatPiece(piece, context)).join('\n');
}

export function formatPiece(piece: OpenedEvidence, context: CliContext): string {
  const pairs: [string, string][] = [
    ['subject', piece.subject],
    ['received', formatLocalTime(piece.receivedAt, context.timeZone)],
  ];
  if ('fault' in piece) return formatPairs([...pairs, ['not opened', piece.fault.code]]);
  const { seen, headers, note } = piece.evidence;
  for (const { at, sourcePort } of seen) {
    // To the millisecond and in UTC: this is what is held against an address log.
    pairs.push(['seen', sourcePort === undefined ? at : `${at}, source port ${String(sourcePort)}`]);
  }
  if (note !== undefined) pairs.push(['note', onOneLine(note)]);
  const sample = headers?.split('\n').map((line) => `    ${onOneLine(line)}\n`) ?? [];
  return `${formatPairs(pairs)}${sample.join('')}`;
}
