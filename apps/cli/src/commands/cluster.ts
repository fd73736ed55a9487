import { Clusters } from '@sekisho/campaign';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatTable } from '../print/table.js';
import { withFingerprintKey, type FingerprintOptions } from './fingerprint.js';
import { fingerprintFiles } from './message-files.js';
import { toJson, withExample, withJson } from './shared-options.js';

export function registerCluster(program: Command, context: CliContext): void {
  const command = program
    .command('cluster')
    .description('show which messages would become one campaign; sends nothing')
    .argument('<message...>', 'files that hold one message each');
  withJson(withFingerprintKey(command)).action(async (files: string[], options: FingerprintOptions) => {
    const clusters = new Clusters(files.length);
    const placed = (await fingerprintFiles(files, options, context)).map(({ file, fingerprint }) => ({
      file,
      slot: clusters.add(fingerprint).slot,
    }));
    const groups = Map.groupBy(placed, ({ slot }) => clusters.campaignOf(slot) ?? 0);
    const shown = [...groups.values()]
      .sort((a, b) => b.length - a.length)
      .map((group, at) => ({ cluster: at + 1, messages: group.map(({ file }) => file) }));
    context.stdout.write(
      options.json
        ? toJson(shown)
        : formatTable(
            [{ title: 'CLUSTER', isNumber: true }, { title: 'SIZE', isNumber: true }, { title: 'MESSAGE' }],
            shown.flatMap(({ cluster, messages }) =>
              messages.map((file) => [String(cluster), String(messages.length), file]),
            ),
          ),
    );
  });
  withExample(command, 'sekisho cluster maildir/new/*', 'sekisho cluster --json a.eml b.eml');
}
