import { clearCostsMutation, stateCostsMutation, statedCostsQuery, toCostsInput } from '@sekisho/client';
import { formatCosts, parseCosts } from '@sekisho/policy';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { readPolicyText } from './policy-text.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

type Options = DirectoryOption & JsonOption;

/** `sekisho costs`: what outcomes cost the member, for what the hub recommends it. */
export function registerCosts(program: Command, context: CliContext): void {
  const costs = program
    .command('costs')
    .description('say what outcomes cost you: what you are recommended is then what costs least');

  const show = costs.command('show').description('what you said, as a section of a policy file');
  withJson(withDirectory(show)).action(async (options: Options) => {
    const { statedCosts } = await (await openSession(options, context)).call(statedCostsQuery, {});
    if (options.json) context.stdout.write(toJson(statedCosts));
    else context.stdout.write(statedCosts ? formatCosts(statedCosts) : NONE);
  });
  withExample(show, 'sekisho costs show --dir DIR');

  const set = costs
    .command('set')
    .description('replace what you said before')
    .argument('<file>', 'YAML with the section costs, such as a policy file; - reads standard input');
  withJson(withDirectory(set)).action(async (file: string, options: Options) => {
    const read = await readPolicyText(file, context, parseCosts);
    const session = await openSession(options, context);
    const { stateCosts } = await session.call(stateCostsMutation, { costs: toCostsInput(read) });
    context.stdout.write(options.json ? toJson(stateCosts) : formatCosts(stateCosts));
  });
  withExample(set, 'sekisho costs set costs.yaml --dir DIR', 'sekisho costs set - --dir DIR < policy.yaml');

  const clear = costs.command('clear').description('be recommended what everybody is');
  withJson(withDirectory(clear)).action(async (options: Options) => {
    await (await openSession(options, context)).call(clearCostsMutation, {});
    context.stdout.write(options.json ? toJson(null) : NONE);
  });
  withExample(clear, 'sekisho costs clear --dir DIR');
  withExample(costs, 'sekisho costs set costs.yaml --dir DIR');
}

const NONE = 'no costs are stated: what is recommended is what everybody is\n';
