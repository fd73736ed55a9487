import { calibrationQuery, type Calibration } from '@sekisho/client';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatPairs, formatTable } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

export function registerCalibration(program: Command, context: CliContext): void {
  const command = program
    .command('calibration')
    .description('what became of your reports, and what they are weighed with');
  withJson(withDirectory(command)).action(async (options: DirectoryOption & JsonOption) => {
    const { calibration } = await (await openSession(options, context)).call(calibrationQuery, {});
    context.stdout.write(options.json ? toJson(calibration) : formatCalibration(calibration));
  });
  withExample(command, 'sekisho calibration --dir /etc/sekisho/isp-a');
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

export function formatCalibration({ asOf, days, trust, channels }: Calibration): string {
  const facts = formatPairs([
    ['trust in force', trust.trust.toFixed(3)],
    ['trust by the rule', `${trust.byRule.toFixed(3)} = 0.8 x max(1/2, (20 + right) / (20 + right + wrong))`],
    ['appeals of a year', `right ${String(trust.right)}, wrong ${String(trust.wrong)}`],
    ...(trust.reason === null ? [] : [['set by the operator', trust.reason] as const]),
    ...(trust.newUntil === null
      ? []
      : [['on probation', `until ${trust.newUntil}: your reports list nothing by themselves`] as const]),
    ...(trust.repeats === null
      ? []
      : [['one voice', `${percent(trust.repeats)} repeat another member, and count as its`] as const]),
  ]);
  if (asOf === null) return `${facts}no report of yours has been looked at yet: that is done after a day\n`;
  const table = formatTable(
    [
      ...[{ title: 'CATEGORY' }, { title: 'EVIDENCE' }],
      ...['REPORTED', 'CHECKED', 'CONFIRMED', 'REFUTED', 'UNKNOWN', 'SHARE', '95 % INTERVAL'].map(
        (title) => ({ title, isNumber: true }),
      ),
    ],
    channels.map(({ category, evidence, reported, checked, refuted, confirmation }) => [
      ...[category ?? 'the rest', evidence ?? '-', reported.toLocaleString('en'), String(checked)],
      ...[confirmation ? String(confirmation.confirmed) : 'too few', String(refuted)],
      confirmation ? String(confirmation.unknown) : '-',
      confirmation ? percent(confirmation.share) : '-',
      confirmation ? `${percent(confirmation.shareLow)} - ${percent(confirmation.shareHigh)}` : '-',
    ]),
  );
  return `${facts}\nreports of ${String(days)} days, as of ${asOf}\n${table}`;
}
