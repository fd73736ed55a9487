import { readConfig } from '@sekisho/config';
import { parseNetwork } from '@sekisho/subject';
import { Option, type Command } from 'commander';
import {
  MEMBER_ROLES,
  type EnrolmentCode,
  type MemberRole,
  type MemberSummary,
  type MemberWeight,
} from '../admin/operator-database.js';
import { withDatabase } from '../admin/with-database.js';
import type { CliContext } from '../context.js';
import { UsageFault } from '../failure.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
import { registerAdminDecision } from './admin-decision.js';
import { registerAdminModel } from './admin-model.js';
import { registerAdminPerson } from './admin-person.js';
import { registerAdminNetwork } from './admin-network.js';
import { registerAdminPrivacy } from './admin-privacy.js';
import { registerShareBackup } from './share-backup.js';
import { readInteger, toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

interface AddOptions extends JsonOption {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly network?: string[];
  readonly asn?: number[];
}

const ADD_EXAMPLE = 'sekisho admin member add --id isp-a --name "ISP A" --network 192.0.2.0/24 --asn 64500';

export function registerAdmin(program: Command, context: CliContext): void {
  const admin = program.command('admin').description("the hub operator's own commands, on the hub's machine");
  const member = admin.command('member').description('who takes part');
  registerAdd(member, context);
  registerList(member, context);
  registerCode(member, context);
  registerStanding(member, context, 'suspend', 'refuse everything that a member signs from now on');
  registerStanding(member, context, 'resume', 'end a suspension');
  registerTrust(member, context);
  registerWeights(member, context);
  registerAdminPerson(admin, context);
  registerAdminPrivacy(admin, context);
  registerAdminModel(admin, context);
  registerAdminNetwork(admin, context);
  registerAdminDecision(admin, context);
  const oprf = admin.command('oprf').description("the hub's half of the subscriber keys");
  registerShareBackup(oprf, context, 'hub');
  withExample(oprf, 'sekisho admin oprf backup shares.jwe --to backup.jwk.pub');
  withExample(admin, ADD_EXAMPLE);
  withExample(member, ADD_EXAMPLE);
}

function registerAdd(member: Command, context: CliContext): void {
  const command = member.command('add').description('take a member in and print its one-time enrolment code');
  const readOneNetwork = usage(command, (text) => parseNetwork(text).text);
  const readOneAsn = usage(command, (text) =>
    readInteger('--asn', 1, 4_294_967_295)(text.replace(/^AS/i, '')),
  );
  withJson(command)
    .requiredOption('--id <id>', 'lower-case letters, digits and hyphens', usage(command, readMemberId))
    .requiredOption('--name <name>', 'as people write it')
    .addOption(new Option('--role <role>', 'what it may do').choices(MEMBER_ROLES).default('member'))
    .option('--network <cidr>', 'a network that it owns; may be repeated', collecting(readOneNetwork))
    .option('--asn <number>', 'its autonomous system; may be repeated', collecting(readOneAsn))
    .action(async ({ id, name, role, network = [], asn = [], json }: AddOptions) => {
      const added = { id, name, role, networks: network, asns: asn };
      const code = await withDatabase(context, (database) =>
        database.members.add(added, new Date(context.now())),
      );
      printCode(context, id, code, json ? { member: added } : undefined);
    });
  withExample(command, ADD_EXAMPLE);
}

function registerList(member: Command, context: CliContext): void {
  const command = member.command('list').description('all members');
  withJson(command).action(async (options: JsonOption) => {
    const members = await withDatabase(context, (database) => database.members.list());
    context.stdout.write(options.json ? toJson(members) : formatMembers(members));
  });
  withExample(command, 'sekisho admin member list --json');
}

function registerCode(member: Command, context: CliContext): void {
  const command = member
    .command('code')
    .description('print a new one-time enrolment code; the one before becomes invalid')
    .argument('<id>');
  withJson(command).action(async (id: string, options: JsonOption) => {
    const code = await withDatabase(context, (database) =>
      database.members.newCode(id, new Date(context.now())),
    );
    printCode(context, id, code, options.json ? {} : undefined);
  });
  withExample(command, 'sekisho admin member code isp-a');
}

function registerStanding(
  member: Command,
  context: CliContext,
  change: 'suspend' | 'resume',
  description: string,
): void {
  const command = member.command(change).description(description).argument('<id>');
  withJson(command).action(async (id: string, options: JsonOption) => {
    await withDatabase(context, (database) => database.members[change](id));
    const isSuspended = change === 'suspend';
    context.stdout.write(
      options.json ? toJson({ id, isSuspended }) : `${id} is ${isSuspended ? 'suspended' : 'active again'}\n`,
    );
  });
  withExample(command, `sekisho admin member ${change} isp-a`);
}

interface TrustOptions extends JsonOption {
  readonly reason?: string;
  readonly byRule?: true;
}

function registerTrust(member: Command, context: CliContext): void {
  const command = member
    .command('trust')
    .description('set what the reports of a member are weighed with, or give it back to the rule of appeals')
    .argument('<id>');
  command.argument('[trust]', '0 to 1, whatever appeals say from now on', usage(command, readTrust));
  withJson(command)
    .option('--reason <text>', 'why; the member sees it')
    .option('--by-rule', 'from now on what the rule gives')
    .action(async (id: string, trust: number | undefined, { reason, byRule, json }: TrustOptions) => {
      if ((trust === undefined) === (byRule === undefined))
        throw new UsageFault('give a trust, or --by-rule', 'sekisho admin member trust --help has examples');
      if (trust !== undefined && !reason)
        throw new UsageFault(
          'give --reason: the member is told why',
          'for example: --reason "traps of its own lists"',
        );
      const now = new Date(context.now());
      const inForce = await withDatabase(context, ({ members }) =>
        trust !== undefined && reason
          ? members.setTrust(id, trust, reason, now)
          : members.followTrustRule(id, now),
      );
      const rest = trust === undefined ? '' : ` it would be ${inForce.byRule.toFixed(3)}`;
      context.stdout.write(
        json
          ? toJson({ id, ...inForce })
          : `${id} has trust ${inForce.trust.toFixed(3)}, by the rule${rest}\n`,
      );
    });
  withExample(command, 'sekisho admin member trust isp-a 0.5 --reason "traps of its own mailing lists"');
}

function registerWeights(member: Command, context: CliContext): void {
  const command = member
    .command('weights')
    .description('what the reports of each member are weighed with, who is new, and who repeats whom');
  withJson(command).action(async ({ json }: JsonOption) => {
    const weights = await withDatabase(context, ({ members }) => members.weights(new Date(context.now())));
    context.stdout.write(json ? toJson(weights) : formatWeights(weights, context));
  });
  withExample(command, 'sekisho admin member weights');
}

const formatWeights = (weights: readonly MemberWeight[], { timeZone }: CliContext) =>
  formatTable(
    [
      ...[{ title: 'ID' }, { title: 'TRUST', isNumber: true }, { title: 'ON PROBATION UNTIL' }],
      ...[{ title: 'ONE VOICE WITH' }, { title: 'REPEATS' }, { title: 'SHARE', isNumber: true }],
    ],
    weights.map(({ id, trust, newUntil, voice }) => [
      ...[id, trust.toFixed(3), newUntil ? formatLocalTime(newUntil, timeZone) : '-'],
      ...[voice?.of ?? '-', voice?.repeats ?? '-', voice ? `${(100 * voice.share).toFixed(1)} %` : '-'],
    ]),
  );

function readTrust(text: string): number {
  const trust = Number(text);
  if (text.trim() !== '' && trust >= 0 && trust <= 1) return trust;
  throw new RangeError(`not a number from 0 to 1: ${JSON.stringify(text)}. Example: 0.5`);
}

function printCode(context: CliContext, id: string, { code, expiresAt }: EnrolmentCode, json?: object): void {
  const { publicUrl } = readConfig(context.env);
  context.stdout.write(
    json
      ? toJson({ id, ...json, code, expiresAt: expiresAt.toISOString(), hubUrl: publicUrl })
      : formatPairs([
          ['member', id],
          ['code', code],
          ['valid', `once, until ${formatLocalTime(expiresAt, context.timeZone)}`],
          ['it runs', `sekisho enrol --hub ${publicUrl} --code ${code} --dir DIR`],
        ]),
  );
}

const formatMembers = (members: readonly MemberSummary[]) =>
  formatTable(
    [
      { title: 'ID' },
      { title: 'NAME' },
      { title: 'ROLE' },
      { title: 'STATE' },
      { title: 'NETWORKS' },
      { title: 'ASNS' },
    ],
    members.map((member) => [
      member.id,
      member.name,
      member.role,
      member.isSuspended ? 'suspended' : member.isEnrolled ? 'active' : 'not enrolled',
      member.networks.join(' '),
      member.asns.join(' '),
    ]),
  );

function readMemberId(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new RangeError(
    `--id: not 1 to 63 lower-case letters, digits and hyphens: ${JSON.stringify(text)}. Example: isp-a`,
  );
}

const collecting =
  <T>(read: (text: string) => T) =>
  (text: string, before: T[] | undefined): T[] => [...(before ?? []), read(text)];
