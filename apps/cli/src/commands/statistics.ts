import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatTable } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

export function registerStatistics(program: Command, context: CliContext): void {
  const command = program.command('statistics').description('how much the federation knows');
  withJson(withDirectory(command)).action(async (options: DirectoryOption & JsonOption) => {
    const statistics = await (await openSession(options, context)).statistics();
    context.stdout.write(
      options.json
        ? toJson(statistics)
        : formatTable(
            [{ title: 'FIGURE' }, { title: 'VALUE', isNumber: true }],
            Object.entries(statistics).map(([name, value]) => [inWords(name), formatValue(value)]),
          ),
    );
  });
  withExample(command, 'sekisho statistics --dir /etc/sekisho/isp-a');
}

/** `listedSubjects` as `listed subjects`. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const formatValue = (value: string | number | boolean | null) =>
  typeof value === 'number' ? value.toLocaleString('en') : String(value ?? '-');
