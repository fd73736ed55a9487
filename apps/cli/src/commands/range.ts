import {
  claimNetworkMutation,
  declaredRangesQuery,
  declareRangeMutation,
  networkClaimsQuery,
  withdrawRangeMutation,
  type OwnDeclaredRange,
  type OwnNetworkClaim,
} from '@sekisho/client';
import { parseNetwork } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatTable } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  usage,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

type Options = DirectoryOption & JsonOption;

const collect = (text: string, before: string[] = []) => [...before, text];

/** `sekisho range`: which of the member's addresses are handed out dynamically. */
export function registerRange(program: Command, context: CliContext): void {
  const range = program.command('range').description('declare which of your addresses are dynamic');
  const declare = range
    .command('declare')
    .description('publish a range of your own in policy.Z; declaring it again replaces it')
    .option('--except <address>', 'an address or network in it that is not dynamic; may be repeated', collect)
    .addOption(
      new Option('--port25 <state>', 'whether mail can leave it on port 25')
        .choices(['blocked', 'open', 'unknown'])
        .default('unknown'),
    );
  declare.argument(
    '<network>',
    'inside a network that is yours',
    usage(declare, (text) => parseNetwork(text).text),
  );
  withJson(withDirectory(declare)).action(
    async (network: string, options: Options & { except?: string[]; port25: string }) => {
      const { except = [], port25 } = options;
      const session = await openSession(options, context);
      const variables = { network, exceptions: except, port25: port25.toUpperCase() };
      const { declareRange } = await session.call(declareRangeMutation, variables);
      context.stdout.write(options.json ? toJson(declareRange) : formatRanges([declareRange], context));
    },
  );
  withExample(declare, 'sekisho range declare 192.0.2.0/24 --except 192.0.2.25 --port25 blocked --dir DIR');

  const list = range.command('list').description('what you declared');
  withJson(withDirectory(list)).action(async (options: Options) => {
    const { declaredRanges } = await (await openSession(options, context)).call(declaredRangesQuery, {});
    context.stdout.write(options.json ? toJson(declaredRanges) : formatRanges(declaredRanges, context));
  });
  withExample(list, 'sekisho range list --json --dir DIR');

  const withdraw = range.command('withdraw').description('take a declared range out of policy.Z');
  withdraw.argument(
    '<network>',
    'as it was declared',
    usage(withdraw, (text) => parseNetwork(text).text),
  );
  withJson(withDirectory(withdraw)).action(async (network: string, options: Options) => {
    await (await openSession(options, context)).call(withdrawRangeMutation, { network });
    context.stdout.write(options.json ? toJson({ network, withdrawn: true }) : `${network} is withdrawn\n`);
  });
  withExample(withdraw, 'sekisho range withdraw 192.0.2.0/24 --dir DIR');
  withExample(range, 'sekisho range declare 192.0.2.0/24 --except 192.0.2.25 --port25 blocked --dir DIR');
  registerNetwork(program, context);
}

function registerNetwork(program: Command, context: CliContext): void {
  const network = program
    .command('network')
    .description('say which networks are yours; the operator decides');
  const claim = network.command('claim').description('claim a network');
  claim.argument(
    '<network>',
    'in CIDR form',
    usage(claim, (text) => parseNetwork(text).text),
  );
  withJson(withDirectory(claim)).action(async (text: string, options: Options) => {
    const session = await openSession(options, context);
    const { claimNetwork } = await session.call(claimNetworkMutation, { network: text });
    context.stdout.write(options.json ? toJson(claimNetwork) : formatClaims([claimNetwork], context));
  });
  withExample(claim, 'sekisho network claim 192.0.2.0/24 --dir DIR');

  const list = network.command('list').description('what you claimed and what became of it');
  withJson(withDirectory(list)).action(async (options: Options) => {
    const { networkClaims } = await (await openSession(options, context)).call(networkClaimsQuery, {});
    context.stdout.write(options.json ? toJson(networkClaims) : formatClaims(networkClaims, context));
  });
  withExample(list, 'sekisho network list --json --dir DIR');
  withExample(network, 'sekisho network claim 192.0.2.0/24 --dir DIR');
}

function formatRanges(ranges: readonly OwnDeclaredRange[], { timeZone }: CliContext): string {
  if (ranges.length === 0) return 'no range is declared\n';
  return formatTable(
    ['RANGE', 'PORT 25', 'EXCEPT', 'DECLARED'].map((title) => ({ title })),
    ranges.map(({ network, port25, exceptions, declaredAt }) => [
      ...[network, port25.toLowerCase(), exceptions.join(' '), formatLocalTime(declaredAt, timeZone)],
    ]),
  );
}

function formatClaims(claims: readonly OwnNetworkClaim[], { timeZone }: CliContext): string {
  if (claims.length === 0) return 'no network is claimed\n';
  return formatTable(
    ['NETWORK', 'STATE', 'SINCE', 'REASON'].map((title) => ({ title })),
    claims.map(({ network, state, reason, claimedAt, decidedAt }) => [
      ...[network, state, formatLocalTime(decidedAt ?? claimedAt, timeZone), onOneLine(reason ?? '')],
    ]),
  );
}
