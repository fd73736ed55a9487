import { modelQualityQuery } from '@sekisho/client';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatModelQuality } from '../print/model-quality.js';
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

type StatisticsOptions = DirectoryOption & JsonOption & { readonly quality?: true };

export function registerStatistics(program: Command, context: CliContext): void {
  const command = program
    .command('statistics')
    .description('how much the federation knows')
    .option('--quality', 'how far the scores of the last days agreed with what came');
  withJson(withDirectory(command)).action(async (options: StatisticsOptions) => {
    const session = await openSession(options, context);
    if (options.quality) {
      const { modelQuality } = await session.call(modelQualityQuery, {});
      context.stdout.write(options.json ? toJson(modelQuality) : formatModelQuality(modelQuality));
      return;
    }
    const statistics = await session.statistics();
    context.stdout.write(
      options.json
        ? toJson(statistics)
        : formatTable(
            [{ title: 'FIGURE' }, { title: 'VALUE', isNumber: true }],
            Object.entries(statistics).map(([name, value]) => [inWords(name), formatValue(value)]),
          ),
    );
  });
  withExample(
    command,
    'sekisho statistics --dir /etc/sekisho/isp-a',
    'sekisho statistics --quality --dir /etc/sekisho/isp-a',
  );
}

/** `listedSubjects` as `listed subjects`. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const formatValue = (value: string | number | boolean | null) =>
  typeof value === 'number' ? value.toLocaleString('en') : String(value ?? '-');
