import { Option, type Command } from 'commander';
import { backtest } from '../backtest/backtest.js';
import { backtestLearned } from '../backtest/learned-backtest.js';
import { ReportColumns } from '../backtest/report-columns.js';
import { ReportLineReader, readTime } from '../backtest/report-line.js';
import { eachLine, fileBytes } from '../backtest/text-lines.js';

import type { CliContext } from '../context.js';
import { usage, withExample } from './shared-options.js';

interface BacktestCommandOptions {
  readonly reports: string;
  readonly at: number;
  readonly horizon: number;
  readonly model: keyof typeof MODELS;
}

const MODELS = { first: backtest, learned: backtestLearned };

const HOUR_MS = 3_600_000;
const HORIZON_UNITS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };
/** Beyond a month a score says nothing: the longest half-life of a report is a month. */
const LONGEST_HORIZON_MS = 31 * 24 * HOUR_MS;
/** Lines are written together: a system call for each would take longer than scoring it. */
const WRITE_CHARACTERS = 65_536;

export function registerBacktest(program: Command, context: CliContext): void {
  const command: Command = program
    .command('backtest')
    .description('score a file of reports as of a moment, offline')
    .requiredOption('--reports <file>', 'JSON lines, also as .gz; - reads standard input')
    .requiredOption('--at <time>', 'ISO 8601 with an offset, or seconds since 1970', (text) =>
      usage(command, readAt)(text),
    )
    .option(
      '--horizon <time>',
      'how far ahead the score looks, such as 24h, 90m, 7d (default: 24h)',
      (text) => usage(command, readHorizon)(text),
      24 * HOUR_MS,
    )
    .addOption(
      new Option(
        '--model <model>',
        'first: the one that the hub lists by; learned: ranks better on past reports, and lists nothing yet',
      )
        .choices(Object.keys(MODELS))
        .default('first'),
    )
    .action(async (options: BacktestCommandOptions) => {
      await run(options, context);
    });
  withExample(command, 'sekisho backtest --reports reports.jsonl --at 2026-11-20T00:00:00Z > scores.jsonl');
}

async function run(
  { reports: file, at, horizon, model }: BacktestCommandOptions,
  context: CliContext,
): Promise<void> {
  const reports = await readReports(file, context);
  // Loaded when it is needed: the ORM beside it takes longer to load than most commands take to run.
  const { readWarningLists } = await import('@sekisho/persistence');
  const options = { at, horizonMs: horizon, warningLists: await readWarningLists() };
  let waiting = '';
  for (const result of MODELS[model](reports, options)) {
    waiting += `${JSON.stringify(result)}\n`;
    if (waiting.length < WRITE_CHARACTERS) continue;
    context.stdout.write(waiting);
    waiting = '';
  }
  if (waiting !== '') context.stdout.write(waiting);
}

/** Apart, so that what only reading needs is free while the scores are computed. */
async function readReports(file: string, context: CliContext): Promise<ReportColumns> {
  const reports = new ReportColumns();
  const reader = new ReportLineReader(file === '-' ? 'standard input' : file);
  await eachLine(file === '-' ? context.stdin : fileBytes(file), (text, line) => {
    reports.add(reader.read(text, line));
  });
  return reports;
}

function readAt(text: string): number {
  const time = readTime(text);
  if (time !== undefined) return time;
  throw new RangeError(`--at: not a time: ${JSON.stringify(text)}. Example: 2026-11-20T01:20:00Z`);
}

function readHorizon(text: string): number {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(number) * (HORIZON_UNITS[unit ?? ''] ?? Number.NaN);
  if (milliseconds > 0 && milliseconds <= LONGEST_HORIZON_MS) return milliseconds;
  throw new RangeError(`--horizon: not a time from 1m to 31d: ${JSON.stringify(text)}. Example: 24h`);
}
