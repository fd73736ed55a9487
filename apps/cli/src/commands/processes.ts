import { readConfig } from '@sekisho/config';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { CliContext } from '../context.js';
import { CommandEnded, CommandFailed } from '../failure.js';
import { PROCESSES } from '../process-table.js';
import { runProcess } from '../run-process.js';
import { dnsProcess, withDnsOptions } from './dns-options.js';
import { registerShareBackup } from './share-backup.js';
import { withExample } from './shared-options.js';
import { registerTrusteeMember } from './trustee-member.js';

export function registerProcesses(program: Command, context: CliContext): void {
  for (const entry of PROCESSES) {
    const { name, summary, file } = entry;
    const command = program.command(name).description(summary);
    command.action(async (options: Parameters<typeof dnsProcess>[1]) => {
      const { args, env } =
        name === 'dns' ? dnsProcess(command, options, context.env) : plainProcess(context);
      // Checked here too, so that a fault is told in the same words by every command.
      readConfig(env);
      if (!existsSync(file)) {
        throw new CommandFailed(
          `the ${name} process is not built`,
          "run `npm run build` in the project's root",
        );
      }
      const status = await runProcess(entry, { env, args, isTerminal: process.stdin.isTTY });
      if (status !== 0) throw new CommandEnded(status);
    });
    if (name === 'dns') withDnsOptions(command);
    if (name === 'trustee') {
      registerTrusteeMember(command, context);
      registerShareBackup(command, context, 'trustee');
    }
    if (name !== 'dns') withExample(command, `SEKISHO_DATA_DIR=/var/lib/sekisho sekisho ${name}`);
  }
}

const plainProcess = ({ env }: CliContext): ReturnType<typeof dnsProcess> => ({ args: [], env });
