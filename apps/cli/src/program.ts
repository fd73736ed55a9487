import { Command } from 'commander';
import { registerAction } from './commands/action.js';
import { registerAdmin } from './commands/admin-member.js';
import { registerAgent } from './commands/agent.js';
import { registerAppeal } from './commands/appeal.js';
import { registerHygiene } from './commands/hygiene.js';
import { registerAlerts } from './commands/alerts.js';
import { registerRange } from './commands/range.js';
import { registerBacktest } from './commands/backtest.js';
import { registerCampaigns } from './commands/campaigns.js';
import { registerCluster } from './commands/cluster.js';
import { registerConduct } from './commands/conduct.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEnrol } from './commands/enrol.js';
import { registerEvidence } from './commands/evidence.js';
import { registerFingerprint } from './commands/fingerprint.js';
import { registerImport } from './commands/import.js';
import { registerKeys } from './commands/keys.js';
import { registerLog } from './commands/log.js';
import { registerLookup } from './commands/lookup.js';
import { registerMe } from './commands/me.js';
import { registerPolicy } from './commands/policy.js';
import { registerPolicyd } from './commands/policyd.js';
import { registerPort25 } from './commands/port25.js';
import { registerProcesses } from './commands/processes.js';
import { registerReport } from './commands/report.js';
import { registerRetract } from './commands/retract.js';
import { commandPath, withExample } from './commands/shared-options.js';
import { registerStatistics } from './commands/statistics.js';
import { registerSubscriber } from './commands/subscriber.js';
import { registerToken } from './commands/token.js';
import { registerUp } from './commands/up.js';
import { registerDemo } from './commands/demo.js';
import { registerZone } from './commands/zone.js';
import type { CliContext } from './context.js';
import { EXIT_OK, reportFailure } from './failure.js';

/** Every command, in the order of the help. */
const GROUPS: readonly {
  title: string;
  register: readonly ((program: Command, context: CliContext) => void)[];
}[] = [
  {
    title: 'For members:',
    register: [
      registerEnrol,
      registerKeys,
      registerMe,
      registerReport,
      registerImport,
      registerRetract,
      registerLookup,
      registerCampaigns,
      registerAlerts,
      registerAppeal,
      registerRange,
      registerHygiene,
      registerEvidence,
      registerLog,
      registerSubscriber,
      registerStatistics,
      registerToken,
      registerZone,
      registerFingerprint,
      registerCluster,
      registerPolicyd,
      registerPolicy,
      registerAction,
      registerAgent,
      registerConduct,
      registerPort25,
    ],
  },
  {
    title: 'For the hub operator:',
    register: [registerUp, registerProcesses, registerAdmin, registerDoctor, registerBacktest, registerDemo],
  },
];

function buildProgram(context: CliContext): Command {
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
  for (const { title, register } of GROUPS) {
    program.commandsGroup(title);
    for (const add of register) add(program, context);
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

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

/** Runs one command line; resolves to the exit status and never throws. */
export async function run(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    return reportFailure(error, context);
  }
}
