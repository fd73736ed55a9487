import { MultiBar, Presets } from 'cli-progress';
import type { Command } from 'commander';
import { setTimeout as wait } from 'node:timers/promises';
import type { CliContext } from '../context.js';
import { demoChecks } from '../demo/checks.js';
import { startDemoFederation, type DemoFederation } from '../demo/demo-federation.js';
import { replay, type ReplayProgress } from '../demo/replay.js';
import { formatResults, formatTryIt } from '../demo/results.js';
import { CommandEnded, EXIT_FAILED } from '../failure.js';
import { waitForSignal } from '../up/wait-for-signal.js';
import { readInteger, usage, withExample } from './shared-options.js';

interface DemoOptions {
  readonly exit?: true;
  readonly seconds: number;
}

export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .description('a whole federation on this machine: real reports replayed, scores and DNS answers to try')
    .option('--exit', 'stop after the results; status 0 only if every step gave what it must');
  command
    .option(
      '--seconds <n>',
      'how long the replay takes',
      usage(command, readInteger('--seconds', 1, 3_600)),
      15,
    )
    .action(async (options: DemoOptions) => {
      const stopped = waitForSignal();
      const say = (text: string) => context.stdout.write(`${text}\n`);
      say('Sekisho demo: a federation of four ISPs. 四事業者の連合を再現します。\n');
      const federation = await startDemoFederation(context, (step) => {
        say(`- ${step}`);
      });
      try {
        const isPassed = await Promise.race([
          runDemo(federation, options.seconds * 1_000, context),
          stopped.then(() => undefined),
        ]);
        if (options.exit && !isPassed) throw new CommandEnded(EXIT_FAILED);
        if (options.exit || isPassed === undefined) return;
        say(formatTryIt(federation));
        await stopped;
      } finally {
        say('Stopping.');
        await federation.stop();
      }
    });
  withExample(command, 'npm run demo', 'npm run demo -- --exit');
}

async function runDemo(
  federation: DemoFederation,
  durationMs: number,
  context: CliContext,
): Promise<boolean> {
  const say = (text: string) => context.stdout.write(`${text}\n`);
  say(
    '- replaying what each of them saw, signed, through the public API (FIXTURES.md says where it is from)',
  );
  const display = startDisplay(federation, context);
  const results = await Promise.all(
    federation.members.map(({ member, demo }) =>
      replay(member, demo, { durationMs, now: context.now, onProgress: display.advance }),
    ),
  ).finally(display.stop);
  const accepted = results.reduce((sum, result) => sum + result.accepted, 0);
  const rejected = results.reduce((sum, result) => sum + result.rejected, 0);
  const envelopes = results.reduce((sum, result) => sum + result.envelopes, 0);
  say(
    `- ${accepted} reports accepted, ${rejected} refused, in ${envelopes} signed envelopes; waiting for the last scores`,
  );
  await untilScored(federation);
  say(`\n${await formatResults(federation)}`);
  return runChecks(federation, accepted, context);
}

async function runChecks(
  federation: DemoFederation,
  accepted: number,
  context: CliContext,
): Promise<boolean> {
  context.stdout.write('What it must do, asked from outside 外からの確認:\n');
  let failures = 0;
  for (const { title, run } of demoChecks(federation, accepted, context)) {
    try {
      context.stdout.write(`  ok    ${title}: ${await run()}\n`);
    } catch (error) {
      failures += 1;
      context.stdout.write(`  FAIL  ${title}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  context.stdout.write(failures === 0 ? '\nEverything is as it must be.\n' : `\n${failures} failed.\n`);
  return failures === 0;
}

async function untilScored({ members }: DemoFederation): Promise<void> {
  const [first] = members;
  for (;;) {
    const statistics = await first?.session.statistics();
    if (statistics?.['unscoredEnvelopes'] === 0) break;
    await wait(100);
  }
  // An edge has a change within a second; the checks compare it with the hub.
  await wait(1_000);
}

interface Display {
  readonly advance: (progress: ReplayProgress) => void;
  readonly stop: () => void;
}

/** One bar a member for a person who watches; a line every few thousand reports in a log. */
function startDisplay({ members }: DemoFederation, { stdout }: CliContext): Display {
  if (stdout.isTTY !== true) {
    const sentBy = new Map<string, number>();
    const total = members.reduce((sum, { demo }) => sum + demo.observations.length, 0);
    let told = 0;
    return {
      advance: ({ memberId, sent }) => {
        sentBy.set(memberId, sent);
        const all = [...sentBy.values()].reduce((sum, count) => sum + count, 0);
        if (all - told < total / 10) return;
        told = all;
        stdout.write(`  ${all} of ${total} reports sent\n`);
      },
      stop: () => undefined,
    };
  }
  const bars = new MultiBar(
    {
      format: '  {member} {bar} {value}/{total}',
      stream: stdout as unknown as NodeJS.WritableStream,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const width = Math.max(...members.map(({ member }) => member.id.length));
  const barOf = new Map(
    members.map(({ member, demo }) => [
      member.id,
      bars.create(demo.observations.length, 0, { member: member.id.padEnd(width) }),
    ]),
  );
  return {
    advance: ({ memberId, sent }) => barOf.get(memberId)?.update(sent),
    stop: () => {
      bars.stop();
    },
  };
}
