import type { SubjectReputation } from '@sekisho/client';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import type { Command } from 'commander';
import { styleText } from 'node:util';
import { isColoured, readStandardInput, type CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatBar } from '../print/bar.js';
import { formatLocalTime } from '../print/local-time.js';
import { startProgress } from '../print/progress.js';
import { formatTable } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  commandPath,
  readMoment,
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

export function registerLookup(program: Command, context: CliContext): void {
  const command: Command = program
    .command('lookup')
    .description('score, listing and explanation of addresses, networks, domains and hashes')
    .argument('<subject...>', 'what to look up; - reads subjects from standard input, one a line');
  command.option('--as-of <time>', 'as it was at that time', (text) =>
    usage(command, readMoment('--as-of'))(text),
  );
  withJson(withDirectory(command)).action(async (texts: string[], options: LookupOptions) => {
    const written = texts.includes('-') ? (await readStandardInput(context)).split('\n') : [];
    const subjects = [...texts.filter((text) => text !== '-'), ...written]
      .filter((text) => text.trim() !== '')
      .map(usage(command, readSubject));
    if (subjects.length === 0) {
      throw new UsageFault('no subject on standard input', `${commandPath(command)} --help`);
    }
    const session = await openSession(options, context);
    const progress = startProgress(context, 'subjects', subjects.length);
    const { asOf } = options;
    const lookup = asOf
      ? inTurn(subjects, (subject) => session.lookupAsOf(subject, asOf), progress.advanceTo)
      : session.lookup(subjects, progress.advanceTo);
    const answers = await lookup.finally(progress.stop);
    const found = subjects.map((subject, at) => ({ subject, reputation: answers[at] }));
    context.stdout.write(options.json ? toJson(found.map(forJson)) : formatLookup(found, context));
  });
  withExample(
    command,
    'sekisho lookup 203.0.113.9 2001:db8::/48 shop.example.com',
    'sekisho lookup --json - < subjects.txt',
    'sekisho lookup 203.0.113.9 --as-of 2026-11-20T10:10:00+09:00',
  );
}

interface LookupOptions extends DirectoryOption, JsonOption {
  readonly asOf?: Date;
}

async function inTurn<T, R>(
  items: readonly T[],
  ask: (item: T) => Promise<R>,
  onProgress: (done: number) => void,
): Promise<R[]> {
  const answers: R[] = [];
  for (const item of items) onProgress(answers.push(await ask(item)));
  return answers;
}

interface Found {
  readonly subject: Subject;
  readonly reputation: SubjectReputation | undefined;
}

const forJson = ({ subject, reputation }: Found) => ({
  subject: formatSubject(subject),
  reputation: reputation ?? null,
});

/** One row a subject, then for each known one what its score is made of. */
export function formatLookup(found: readonly Found[], context: CliContext): string {
  const red = (text: string) =>
    isColoured(context) ? styleText(['bold', 'red'], text, { validateStream: false }) : text;
  const isForetold = found.some(({ reputation }) => typeof reputation?.probability === 'number');
  const columns = [
    { title: 'SUBJECT' },
    { title: 'SCORE', isNumber: true },
    { title: '' },
    { title: 'LISTED' },
    { title: 'CATEGORIES' },
    { title: 'CONFIDENCE', isNumber: true },
    ...(isForetold ? [{ title: 'PROBABILITY', isNumber: true }] : []),
    { title: 'ADVICE' },
    { title: 'MEMBERS', isNumber: true },
    { title: 'LAST SEEN' },
    { title: 'EXPIRES' },
  ];
  const rows = found.map(({ subject, reputation }) =>
    reputation === undefined
      ? [formatSubject(subject), '-', '', 'unknown', ...columns.slice(4).map(() => '')]
      : [
          formatSubject(subject),
          formatNumber(reputation.score),
          formatBar(reputation.score, 100, 10),
          reputation.listed ? red('yes') : 'no',
          reputation.categories.map(readable).join(' ') || '-',
          formatNumber(reputation.confidence),
          ...(isForetold ? [formatProbability(reputation.probability)] : []),
          readable(reputation.recommendation),
          String(reputation.memberCount),
          formatLocalTime(reputation.lastSeen, context.timeZone),
          formatLocalTime(reputation.expiresAt, context.timeZone),
        ],
  );
  return formatTable(columns, rows) + found.map((one) => formatExplanation(one, context)).join('');
}

function formatExplanation({ subject, reputation }: Found, { timeZone }: CliContext): string {
  if (!reputation || reputation.explanation.length === 0) return '';
  const largest = Math.max(...reputation.explanation.map((part) => Math.abs(part.contribution)));
  const table = formatTable(
    [{ title: 'FACTOR' }, { title: 'POINTS', isNumber: true }, { title: '' }, { title: 'DETAIL' }],
    reputation.explanation.map(({ factor, contribution, detail }) => [
      factor,
      `${contribution > 0 ? '+' : ''}${formatNumber(contribution)}`,
      formatBar(Math.abs(contribution), largest, 10),
      detail ?? '',
    ]),
  );
  const end =
    reputation.listedUntil === null
      ? ''
      : `listed until ${formatLocalTime(reputation.listedUntil, timeZone)} if nothing more is reported; ` +
        `sooner by an appeal, or when its owner says that it is fixed and it stays quiet\n`;
  return `\n${formatSubject(subject)}: how its score of ${formatNumber(reputation.score)} comes about\n${table}${end}`;
}

const formatProbability = (probability: number | null) =>
  probability === null ? '-' : `${(100 * probability).toFixed(1)} %`;
/** At most two decimals. */
const formatNumber = (value: number) => String(Math.round(value * 100) / 100);
/** `SPAM_SOURCE` as it is written in reports: `spam-source`. */
const readable = (name: string) => name.toLowerCase().replaceAll('_', '-');
