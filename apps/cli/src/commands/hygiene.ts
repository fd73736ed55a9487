import { hygieneQuery, type Hygiene } from '@sekisho/client';
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

const LABELS = {
  listedPerThousand: 'listed addresses per 1,000',
  leakingPerThousand: 'dynamic addresses sending straight to MX, per 1,000',
  port25BlockedShare: 'dynamic addresses with port 25 blocked, part',
  medianHoursToFixed: 'hours from alert to fixed, median',
  reappearanceRate: 'seen again after fixed, part',
} as const satisfies Record<keyof Hygiene['own'], string>;

export function registerHygiene(program: Command, context: CliContext): void {
  const command = program
    .command('hygiene')
    .description('how clean your own network is, and how that compares with the federation');
  withJson(withDirectory(command)).action(async (options: DirectoryOption & JsonOption) => {
    const { hygiene } = await (await openSession(options, context)).call(hygieneQuery, {});
    context.stdout.write(options.json ? toJson(hygiene) : formatHygiene(hygiene));
  });
  withExample(command, 'sekisho hygiene --dir /etc/sekisho/isp-a');
}

function formatHygiene({ own, federation }: Hygiene): string {
  const keys = Object.keys(LABELS) as (keyof typeof LABELS)[];
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? '-' : String(Number(value.toPrecision(3)));
  return formatTable(
    ['FIGURE', 'YOU', 'QUARTER BELOW', 'MEDIAN', 'QUARTER ABOVE'].map((title) => ({ title })),
    keys.map((key) => {
      const spread = federation.find(({ figure }) => figure === key);
      return [LABELS[key], text(own[key]), text(spread?.low), text(spread?.median), text(spread?.high)];
    }),
  );
}
