import { checkOwnership, readRouteObjects, readVrps, type RouteOrigin } from '@sekisho/feedback';
import { readConfig } from '@sekisho/config';
import { parseNetwork } from '@sekisho/subject';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { JudgeableClaim, OperatorDatabase } from '../admin/operator-database.js';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatTable } from '../print/table.js';
import { toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

interface CheckOptions extends JsonOption {
  readonly vrps?: string;
  readonly irr?: string;
}

/** `sekisho admin network`: whose networks are whose. */
export function registerAdminNetwork(admin: Command, context: CliContext): void {
  const network = admin.command('network').description('networks that members say are theirs');
  const use = async <T>(run: (networks: OperatorDatabase['networks']) => Promise<T>): Promise<T> => {
    const database = await context.openOperatorDatabase(readConfig(context.env));
    try {
      return await run(database.networks);
    } finally {
      await database.close();
    }
  };

  const check = network
    .command('check')
    .description('all claims, held against what validators and registries know')
    .option('--vrps <file>', 'validated ROA payloads: the JSON of rpki-client or Routinator')
    .option('--irr <file>', 'route and route6 objects of a routing registry');
  withJson(check).action(async (options: CheckOptions) => {
    const read = async (file: string | undefined, parse: (text: string) => RouteOrigin[]) =>
      file === undefined ? undefined : parse(await readFile(file, 'utf8'));
    const vrps = await read(options.vrps, readVrps);
    const routes = await read(options.irr, readRouteObjects);
    const checked = (await use((networks) => networks.claims())).map((claim) => ({
      ...claim,
      rpki: vrps && checkOwnership(parseNetwork(claim.network), claim.asns, vrps).verdict,
      irr: routes && checkOwnership(parseNetwork(claim.network), claim.asns, routes).verdict,
    }));
    context.stdout.write(options.json ? toJson(checked) : formatClaims(checked, context));
  });
  withExample(check, 'sekisho admin network check --vrps vrps.json --irr routes.db');

  const approve = network.command('approve').description('make the member the owner of what it claimed');
  withClaim(approve).action(async (text: string, options: JsonOption & { member: string }) => {
    await use((networks) => networks.approve(options.member, text, new Date(context.now())));
    context.stdout.write(
      options.json
        ? toJson({ network: text, memberId: options.member, state: 'approved' })
        : `${text} is registered to ${options.member}\n`,
    );
  });
  withExample(approve, 'sekisho admin network approve 192.0.2.0/24 --member isp-a');

  const refuse = network.command('refuse').description('do not; the member sees the reason');
  withClaim(refuse)
    .requiredOption('--reason <text>', 'shown to the member')
    .action(async (text: string, options: JsonOption & { member: string; reason: string }) => {
      await use((networks) => networks.refuse(options.member, text, options.reason, new Date(context.now())));
      context.stdout.write(
        options.json
          ? toJson({ network: text, memberId: options.member, state: 'refused' })
          : `${text} was refused to ${options.member}\n`,
      );
    });
  withExample(
    refuse,
    'sekisho admin network refuse 192.0.2.0/24 --member isp-a --reason "announced by another"',
  );

  const withdraw = network
    .command('withdraw-range')
    .description("take a member's declared range out of policy.Z");
  withClaim(withdraw).action(async (text: string, options: JsonOption & { member: string }) => {
    await use((networks) => networks.withdrawRange(options.member, text, new Date(context.now())));
    context.stdout.write(
      options.json ? toJson({ network: text, withdrawn: true }) : `${text} is withdrawn\n`,
    );
  });
  withExample(withdraw, 'sekisho admin network withdraw-range 192.0.2.0/24 --member isp-a');
  withExample(network, 'sekisho admin network check --vrps vrps.json --irr routes.db');
}

function withClaim(command: Command): Command {
  command.argument(
    '<network>',
    'as it was claimed or declared',
    usage(command, (text) => parseNetwork(text).text),
  );
  return withJson(command).requiredOption('--member <id>', 'whose it is');
}

function formatClaims(
  claims: readonly (JudgeableClaim & { rpki?: string | undefined; irr?: string | undefined })[],
  { timeZone }: CliContext,
): string {
  if (claims.length === 0) return 'no network is claimed\n';
  return formatTable(
    ['NETWORK', 'MEMBER', 'AS', 'STATE', 'RPKI', 'IRR', 'CLAIMED'].map((title) => ({ title })),
    claims.map(({ network, memberId, asns, state, rpki, irr, claimedAt }) => [
      ...[network, memberId, asns.join(' '), state, rpki ?? '-', irr ?? '-'],
      formatLocalTime(claimedAt.toISOString(), timeZone),
    ]),
  );
}
