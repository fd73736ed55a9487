import { readConfig } from '@sekisho/config';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { CliContext } from '../context.js';
import { CommandEnded, CommandFailed } from '../failure.js';
import { PROCESSES } from '../process-table.js';
import { runProcess } from '../run-process.js';
import { withExample } from './shared-options.js';

export function registerProcesses(program: Command, context: CliContext): void {
  for (const { name, summary, file } of PROCESSES) {
    const command = program.command(name).description(summary);
    command.action(async () => {
      // Checked here too, so that a fault is told in the same words by every command.
      readConfig(context.env);
      if (!existsSync(file)) {
        throw new CommandFailed(
          `the ${name} process is not built`,
          "run `npm run build` in the project's root",
        );
      }
      const status = await runProcess(file, {
        env: context.env,
        isTerminal: process.stdin.isTTY,
      });
      if (status !== 0) throw new CommandEnded(status);
    });
    withExample(command, `SEKISHO_DATA_DIR=/var/lib/sekisho sekisho ${name}`);
  }
}
