import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatPairs } from '../print/table.js';
import { openSession } from './member-session.js';
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

export function registerRetract(program: Command, context: CliContext): void {
  const command = program.command('retract').description('take one of your reports back');
  command
    .argument('<receipt>', 'the receipt id that the report got')
    .argument(
      '<index>',
      "the report's place in its envelope, from 0",
      usage(command, readInteger('index', 0, 999)),
    );
  withJson(withDirectory(command)).action(
    async (receiptId: string, index: number, options: DirectoryOption & JsonOption) => {
      const retraction = await (await openSession(options, context)).retract(receiptId, index);
      context.stdout.write(
        options.json
          ? toJson(retraction)
          : formatPairs([
              ['retracted', retraction.subject],
              ['receipt', `${retraction.receiptId}, report ${String(retraction.index)}`],
            ]),
      );
    },
  );
  withExample(command, 'sekisho retract 0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44 0');
}
