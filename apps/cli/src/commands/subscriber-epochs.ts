import type { ShareHistory } from '@sekisho/client';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatTable } from '../print/table.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';
import { openAgent } from './subscriber-agent.js';

/** Entries of the transparency log: `12, gone 345`. */
const entriesOf = (share: ShareHistory | undefined): string => {
  if (!share) return '-';
  return share.destroyedAt === undefined
    ? String(share.saidAt)
    : `${share.saidAt}, gone ${share.destroyedAt}`;
};

export function registerEpochs(parent: Command, context: CliContext): void {
  const command = parent
    .command('epochs')
    .description('the months and their keys; which are destroyed, as hub and trustee signed it in the log');
  withJson(withDirectory(command)).action(async (options: DirectoryOption & JsonOption) => {
    const agent = await openAgent(options, context);
    const epochs = await agent.oprf.history();
    context.stdout.write(
      options.json
        ? toJson(epochs)
        : formatTable(
            ['MONTH', 'STATE', "HUB'S ENTRIES", "TRUSTEE'S ENTRIES"].map((title) => ({ title })),
            epochs.map(({ epoch, state, hub, trustee }) => [
              epoch,
              state,
              entriesOf(hub),
              entriesOf(trustee),
            ]),
          ),
    );
  });
  withExample(command, 'sekisho subscriber epochs --json');
}
