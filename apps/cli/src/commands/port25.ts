import { MemberDirectory, MemberDirectoryFault, ReceiptBook } from '@sekisho/client';
import { DirectTraffic, SKIP_REASONS, type DirectTrafficRules, type SkipReason } from '@sekisho/evidence';
import { networkContains, parseNetwork, type Network } from '@sekisho/subject';
import type { Command } from 'commander';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { CommandEnded, EXIT_FAILED, UsageFault } from '../failure.js';
import { ImportSender } from '../import/import-sender.js';
import { ImportState } from '../import/import-state.js';
import { listInputs } from '../import/input-file.js';
import { follow } from '../port25/follow.js';
import { Port25Run, type Port25Summary } from '../port25/port25-run.js';
import { formatPairs, formatTable } from '../print/table.js';
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

interface Port25CommandOptions extends DirectoryOption, JsonOption {
  readonly range: readonly Network[];
  readonly except: readonly Network[];
  readonly connections: number;
  readonly destinations: number;
  readonly dryRun?: true;
}

interface WatchOptions extends Port25CommandOptions {
  readonly window: number;
}

const BATCH_SIZE = 500;
const POLL_MS = 1_000;

export function registerPort25(program: Command, context: CliContext): void {
  const group = program
    .command('port25')
    .description('report mail that leaves your own dynamic ranges past your mail servers');
  const read = withRules(
    group
      .command('import')
      .description('read flow exports and logs once')
      .argument('<path...>', 'files or folders; - is standard input'),
  );
  read.action(async (paths: string[], options: Port25CommandOptions) => {
    const summary = await withRun(options, context, async (run) => {
      for await (const file of listInputs(paths, context.stdin)) await run.read(file);
      await run.flush();
    });
    finish(summary, options, context);
  });
  withExample(
    read,
    'sekisho port25 import --range 203.0.113.0/24 --except 203.0.113.25/32 flows.csv --dry-run',
    "nfdump -R /var/cache/nfdump -o csv 'proto tcp and dst port 25' | sekisho port25 import --range 203.0.113.0/24 -",
  );
  const watch = withRules(
    group
      .command('watch')
      .description('follow flow exports and logs, also over a rotation, and report as it goes')
      .argument('<path...>', 'files, which may appear later; - is standard input'),
  );
  watch
    .option(
      '--window <minutes>',
      'how long connections are counted together',
      usage(watch, readInteger('--window', 1, 1_440)),
      10,
    )
    .action(async (paths: string[], options: WatchOptions) => {
      const stop = new AbortController();
      const end = () => {
        stop.abort();
      };
      process.once('SIGINT', end).once('SIGTERM', end);
      try {
        const summary = await withRun(options, context, async (run) => {
          await follow(run, {
            ...{ paths, stdin: context.stdin, windowMs: options.window * 60_000, pollMs: POLL_MS },
            signal: stop.signal,
            onFlush: () => {
              const { read: lines, reports, accepted } = run.summary;
              context.stderr.write(`${lines} lines read, ${reports} reports, ${accepted} accepted\n`);
            },
          });
        });
        finish(summary, options, context);
      } finally {
        process.off('SIGINT', end).off('SIGTERM', end);
      }
    });
  withExample(
    watch,
    'sekisho port25 watch --range 203.0.113.0/24 /var/log/mail.log --dir isp-a',
    'conntrack -E -e NEW -p tcp --dport 25 -o timestamp | sekisho port25 watch --range 203.0.113.0/24 -',
  );
}

function withRules(command: Command): Command {
  const network = (text: string, before: readonly Network[]) => [
    ...before,
    usage(command, parseNetwork)(text),
  ];
  command
    .requiredOption('--range <network>', 'a dynamic range of your own; may be given again', network, [])
    .option('--except <network>', 'within it, a line that may send mail; may be given again', network, [])
    .option(
      '--connections <number>',
      'fewer from one address are not reported',
      usage(command, readInteger('--connections', 1, 1_000_000)),
      20,
    )
    .option(
      '--destinations <number>',
      'to fewer mail servers they are not reported, unless one of your own was called',
      usage(command, readInteger('--destinations', 1, 1_000)),
      5,
    )
    .option('--dry-run', 'print every report as it would leave, a line each; send and remember nothing');
  return withJson(withDirectory(command));
}

async function withRun(
  options: Port25CommandOptions,
  context: CliContext,
  work: (run: Port25Run) => Promise<void>,
): Promise<Port25Summary> {
  if (options.range.length === 0)
    throw new UsageFault(
      '--range: name your own dynamic ranges. Example: 203.0.113.0/24',
      'sekisho port25 --help',
    );
  const path = memberDirectoryPath(options, context);
  const rules: DirectTrafficRules = {
    ...{ ranges: options.range, exceptions: options.except },
    ...{ leastConnections: options.connections, leastDestinations: options.destinations },
  };
  const shared = {
    traffic: new DirectTraffic(rules),
    clock: () => ({
      now: context.now(),
      // The machine that reads is taken to be where it was written.
      localTime: (...clock: [number, number, number, number, number, number]) => new Date(...clock).getTime(),
    }),
  };
  if (options.dryRun) {
    const run = new Port25Run({
      ...shared,
      state: await ImportState.openForReading(path),
      sender: undefined,
      onReport: (report) => context.stdout.write(`${JSON.stringify(report)}\n`),
    });
    await checkOwn(options.range, path);
    await work(run);
    return run.summary;
  }
  await checkOwn(options.range, path);
  const session = await openSession(options, context);
  const state = await ImportState.open(path);
  try {
    const sender = new ImportSender(session, state, {
      ...{ batchSize: BATCH_SIZE, now: context.now, retry: patience(context), book: new ReceiptBook(path) },
    });
    const run = new Port25Run({ ...shared, state, sender });
    await run.resume();
    await work(run);
    return run.summary;
  } finally {
    await state.close();
  }
}

/** What others' networks send is for them to see. @throws {UsageFault} */
async function checkOwn(ranges: readonly Network[], path: string): Promise<void> {
  const member = await new MemberDirectory(path).open().catch((error: unknown) => {
    // A dry run needs no member.
    if (error instanceof MemberDirectoryFault && error.code === 'member-directory-missing') return undefined;
    throw error;
  });
  if (!member) return;
  const own = member.networks.map(parseNetwork);
  const foreign = ranges.find((range) => !own.some((network) => networkContains(network, range)));
  if (!foreign) return;
  throw new UsageFault(
    `--range: ${foreign.text}/${foreign.prefixLength} is not within your networks, ${member.networks.join(', ') || 'of which the hub knows none'}`,
    'sekisho me shows what the hub knows as yours',
  );
}

function finish(summary: Port25Summary, options: Port25CommandOptions, context: CliContext): void {
  const out = options.dryRun ? context.stderr : context.stdout;
  out.write(options.json ? toJson(summary) : format(summary, options.dryRun === true));
  const rejected = Object.values(summary.rejected).reduce((sum, count) => sum + count, 0);
  if (rejected > 0) throw new CommandEnded(EXIT_FAILED);
}

function format({ read, reports, accepted, rejected, skipped }: Port25Summary, isRehearsal: boolean): string {
  const head = formatPairs([
    ['read', `${String(read)} lines`],
    ['reports', String(reports)],
    isRehearsal ? ['sent', 'nothing: a dry run'] : ['accepted', String(accepted)],
    ...Object.entries(rejected).map(([code, count]) => ['rejected', `${String(count)} ${code}`] as const),
  ]);
  const rows = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return head;
  const columns = [
    { title: 'SKIPPED BECAUSE' },
    { title: 'COUNT', isNumber: true },
    { title: 'WHICH MEANS' },
  ];
  return `${head}\n${formatTable(
    columns,
    rows.map(([reason, count]) => [reason, String(count), SKIP_REASONS[reason as SkipReason]]),
  )}`;
}
