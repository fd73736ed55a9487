import type { Campaign } from '@sekisho/client';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';
import { formatBar } from '../print/bar.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
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

interface CampaignsOptions extends DirectoryOption, JsonOption {
  readonly first: number;
}

export function registerCampaigns(program: Command, context: CliContext): void {
  const command = program
    .command('campaigns')
    .description('spam, worms and forgeries that several members see as one, the newest first')
    .argument('[id]', 'show one campaign with its domains, networks and spread');
  command.option('--first <n>', 'how many at most', usage(command, readInteger('--first', 1, 100)), 20);
  withJson(withDirectory(command)).action(async (id: string | undefined, options: CampaignsOptions) => {
    const session = await openSession(options, context);
    if (id === undefined) {
      const campaigns = await session.campaigns({ first: options.first });
      context.stdout.write(options.json ? toJson(campaigns) : formatCampaigns(campaigns, context));
      return;
    }
    const campaign = await session.campaign(id);
    if (!campaign) throw new CommandFailed(`no campaign ${id}`, 'sekisho campaigns');
    context.stdout.write(options.json ? toJson(campaign) : formatCampaign(campaign, context));
  });
  withExample(command, 'sekisho campaigns', 'sekisho campaigns 1207 --json');
}

/** One row a campaign. */
export function formatCampaigns(campaigns: readonly Campaign[], { timeZone }: CliContext): string {
  if (campaigns.length === 0) return 'no campaigns\n';
  return formatTable(
    [
      { title: 'ID', isNumber: true },
      { title: 'MEMBERS', isNumber: true },
      { title: 'COPIES', isNumber: true },
      { title: 'FIRST SEEN' },
      { title: 'LAST SEEN' },
      { title: 'STATE' },
      { title: 'FROM' },
    ],
    campaigns.map((campaign) => [
      campaign.id,
      String(campaign.memberCount),
      formatCopies(campaign.copiesAtLeast),
      formatLocalTime(campaign.firstSeen, timeZone),
      formatLocalTime(campaign.lastSeen, timeZone),
      stateOf(campaign),
      campaign.fromDomains.map(({ subject }) => subject).join(' ') || '-',
    ]),
  );
}

/** The campaign, then what several members named, then its curve. */
export function formatCampaign(campaign: Campaign, { timeZone }: CliContext): string {
  const head = formatPairs([
    ['campaign', campaign.id],
    ['members', String(campaign.memberCount)],
    ['copies', formatCopies(campaign.copiesAtLeast)],
    ['first seen', formatLocalTime(campaign.firstSeen, timeZone)],
    ['last seen', formatLocalTime(campaign.lastSeen, timeZone)],
    ['state', stateOf(campaign)],
  ]);
  const names = [
    ...campaign.fromDomains.map((name) => ['from', name] as const),
    ...campaign.linkedHosts.map((name) => ['link', name] as const),
    ...campaign.networks.map((name) => ['network', name] as const),
  ];
  const named =
    names.length === 0
      ? ''
      : `\n${formatTable(
          [
            { title: 'WHAT' },
            { title: 'NAME' },
            { title: 'MEMBERS', isNumber: true },
            { title: 'COPIES', isNumber: true },
            { title: 'AUTHENTIC', isNumber: true },
          ],
          names.map(([what, name]) => [
            what,
            name.subject,
            String(name.memberCount),
            formatCopies(name.copiesAtLeast),
            name.passPercent === null ? '-' : `${name.passPercent} %`,
          ]),
        )}`;
  const most = Math.max(1, ...campaign.spread.map(({ copiesAtLeast }) => copiesAtLeast ?? 0));
  const spread =
    campaign.spread.length === 0
      ? ''
      : `\n${formatTable(
          [
            { title: 'TEN MINUTES FROM' },
            { title: 'MEMBERS', isNumber: true },
            { title: 'COPIES' },
            { title: '' },
          ],
          campaign.spread.map(({ at, memberCount, copiesAtLeast }) => [
            formatLocalTime(at, timeZone),
            String(memberCount),
            formatCopies(copiesAtLeast),
            formatBar(Math.log10((copiesAtLeast ?? 0) + 1), Math.log10(most + 1), 10),
          ]),
        )}`;
  return head + named + spread;
}

const formatCopies = (copies: number | null): string =>
  copies === null ? '-' : `${copies.toLocaleString('en')}+`;

const stateOf = ({ isConfirmed, outbreakAt }: Campaign): string =>
  [isConfirmed ? 'confirmed' : 'suspected', ...(outbreakAt === null ? [] : ['outbreak'])].join(', ');
