import { Command } from 'commander';
import { commandPath, withExample } from './commands/shared-options.js';
import type { CliContext } from './context.js';
import { EXIT_OK, reportFailure } from './failure.js';

type Register = (program: Command, context: CliContext) => void;

interface Entry {
  readonly names: readonly string[];
  readonly load: () => Promise<Register>;
}

/**
 * Every command, in the order of the help. A module is loaded when one of its commands is asked for, or all of them
 * are: a lookup does not wait for what reads phone numbers and mailboxes.
 */
const GROUPS: readonly { title: string; entries: readonly Entry[] }[] = [
  {
    title: 'For members:',
    entries: [
      { names: ['enrol'], load: async () => (await import('./commands/enrol.js')).registerEnrol },
      { names: ['keys'], load: async () => (await import('./commands/keys.js')).registerKeys },
      { names: ['me'], load: async () => (await import('./commands/me.js')).registerMe },
      { names: ['report'], load: async () => (await import('./commands/report.js')).registerReport },
      { names: ['import'], load: async () => (await import('./commands/import.js')).registerImport },
      { names: ['retract'], load: async () => (await import('./commands/retract.js')).registerRetract },
      { names: ['lookup'], load: async () => (await import('./commands/lookup.js')).registerLookup },
      { names: ['campaigns'], load: async () => (await import('./commands/campaigns.js')).registerCampaigns },
      { names: ['alerts'], load: async () => (await import('./commands/alerts.js')).registerAlerts },
      { names: ['appeal'], load: async () => (await import('./commands/appeal.js')).registerAppeal },
      { names: ['range', 'network'], load: async () => (await import('./commands/range.js')).registerRange },
      { names: ['costs'], load: async () => (await import('./commands/costs.js')).registerCosts },
      { names: ['hygiene'], load: async () => (await import('./commands/hygiene.js')).registerHygiene },
      {
        names: ['calibration'],
        load: async () => (await import('./commands/calibration.js')).registerCalibration,
      },
      { names: ['evidence'], load: async () => (await import('./commands/evidence.js')).registerEvidence },
      { names: ['log'], load: async () => (await import('./commands/log.js')).registerLog },
      {
        names: ['subscriber'],
        load: async () => (await import('./commands/subscriber.js')).registerSubscriber,
      },
      {
        names: ['statistics'],
        load: async () => (await import('./commands/statistics.js')).registerStatistics,
      },
      { names: ['token'], load: async () => (await import('./commands/token.js')).registerToken },
      { names: ['zone'], load: async () => (await import('./commands/zone.js')).registerZone },
      {
        names: ['fingerprint'],
        load: async () => (await import('./commands/fingerprint.js')).registerFingerprint,
      },
      { names: ['cluster'], load: async () => (await import('./commands/cluster.js')).registerCluster },
      { names: ['policyd'], load: async () => (await import('./commands/policyd.js')).registerPolicyd },
      { names: ['policy'], load: async () => (await import('./commands/policy.js')).registerPolicy },
      { names: ['action'], load: async () => (await import('./commands/action.js')).registerAction },
      { names: ['agent'], load: async () => (await import('./commands/agent.js')).registerAgent },
      { names: ['conduct'], load: async () => (await import('./commands/conduct.js')).registerConduct },
      { names: ['port25'], load: async () => (await import('./commands/port25.js')).registerPort25 },
    ],
  },
  {
    title: 'For the hub operator:',
    entries: [
      { names: ['up'], load: async () => (await import('./commands/up.js')).registerUp },
      {
        names: ['hub', 'worker', 'dns', 'trustee'],
        load: async () => (await import('./commands/processes.js')).registerProcesses,
      },
      { names: ['admin'], load: async () => (await import('./commands/admin-member.js')).registerAdmin },
      { names: ['doctor'], load: async () => (await import('./commands/doctor.js')).registerDoctor },
      { names: ['backtest'], load: async () => (await import('./commands/backtest.js')).registerBacktest },
      { names: ['demo'], load: async () => (await import('./commands/demo.js')).registerDemo },
    ],
  },
];

async function buildProgram(context: CliContext, argv: readonly string[]): Promise<Command> {
  const program = new Command('sekisho');
  program
    .description(
      'Signed abuse reports in, reputation out: the checkpoint that mail operators run together.\n' +
        '迷惑メールの署名付き通報を事業者間で共有し、送信元の評判を照会するコマンドです。',
    )
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        context.stdout.write(text);
      },
      writeErr: (text) => {
        context.stderr.write(text);
      },
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'sekisho: '));
      },
    });
  for (const { title, entries } of wanted(argv[0])) {
    program.commandsGroup(title);
    for (const add of await Promise.all(entries.map(({ load }) => load()))) add(program, context);
  }
  withExample(
    program,
    'sekisho enrol --hub https://hub.example --code K7QM-2ZTD-9XWB --dir isp-a',
    'sekisho lookup 203.0.113.9 --dir isp-a',
  );
  program.addHelpText('after', '\nExit status: 0 done, 1 failed, 2 wrong usage.');
  for (const command of everyCommand(program)) {
    command.helpCommand(false).showHelpAfterError(`what to do: ${commandPath(command)} --help`);
  }
  return program;
}

/** What has to be loaded for a command line that begins with `word`: everything, unless that is a command's name. */
function wanted(word: string | undefined): typeof GROUPS {
  const isAsked = ({ names }: Entry): boolean => word !== undefined && names.includes(word);
  const group = GROUPS.find(({ entries }) => entries.some(isAsked));
  return group === undefined ? GROUPS : [{ title: group.title, entries: group.entries.filter(isAsked) }];
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

/** Runs one command line; resolves to the exit status and never throws. */
export async function run(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    const program = await buildProgram(context, argv);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    return reportFailure(error, context);
  }
}
