import { readConfig } from '@sekisho/config';
import { Option, type Command } from 'commander';
import type { ModelRehearsal, PublishedShadow } from '../admin/operator-database.js';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { formatPairs, formatTable } from '../print/table.js';
import { readInteger, toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

interface RehearseOptions extends JsonOption {
  readonly days: number;
}

const EXAMPLE = 'sekisho admin model rehearse --model learned --days 14';
/** As long as reports are kept. */
const MOST_DAYS = 60;

export function registerAdminModel(admin: Command, context: CliContext): void {
  const model = admin.command('model').description('what another reputation model would list');
  const rehearse: Command = model
    .command('rehearse')
    .description('give a model the stored reports and compare; recorded, and changes no listing');
  withJson(rehearse)
    .addOption(
      new Option('--model <model>', 'learned: the one that learns').choices(['learned']).default('learned'),
    )
    .option(
      '--days <number>',
      'reports of so many days (default: 14)',
      usage(rehearse, readInteger('--days', 1, MOST_DAYS)),
      14,
    )
    .action(async ({ days, json }: RehearseOptions) => {
      const [rehearsed, shadow] = await withModels(context, async (models) => [
        await models.rehearse(days, new Date(context.now())),
        await models.inShadow(),
      ]);
      context.stdout.write(json ? toJson(rehearsed) : formatRehearsal(rehearsed, shadow, context));
    });
  withExample(rehearse, EXAMPLE);
  const list = model.command('list').description('what was rehearsed, newest first');
  withJson(list).action(async ({ json }: JsonOption) => {
    const rehearsed = await withModels(context, (models) => models.list());
    context.stdout.write(json ? toJson(rehearsed) : formatList(rehearsed, context));
  });
  withExample(list, 'sekisho admin model list --json');
  withExample(model, EXAMPLE);
}

async function withModels<T>(
  context: CliContext,
  use: (models: Awaited<ReturnType<CliContext['openOperatorDatabase']>>['models']) => Promise<T>,
): Promise<T> {
  const database = await context.openOperatorDatabase(readConfig(context.env));
  try {
    return await use(database.models);
  } finally {
    await database.close();
  }
}

const formatRehearsal = (
  { model, inForce, reportsFrom, outcome }: ModelRehearsal,
  shadow: PublishedShadow | undefined,
  { timeZone }: CliContext,
) =>
  formatPairs([
    ['model', `${model}, against version ${inForce}`],
    ['reports', `${String(outcome.reports)} since ${formatLocalTime(reportsFrom, timeZone)}`],
    ['subjects', String(outcome.subjects)],
    ['listed now', String(outcome.listedNow)],
    ['listed then', String(outcome.listedThen)],
    ['listed more', String(outcome.listedMore)],
    ['listed less', String(outcome.listedLess)],
    ['appeals affected', String(outcome.appealsAffected)],
    ...formatShadow(shadow, timeZone),
  ]);

/** Listings say what would change; only the shadow says whether what it foretold came. */
function formatShadow(
  shadow: PublishedShadow | undefined,
  timeZone: CliContext['timeZone'],
): [string, string][] {
  if (!shadow) return [['in shadow', 'nothing published; see SEKISHO_SHADOW_MODEL']];
  const { asOf, modelVersion, forecasts } = shadow;
  const brier = (own: number, inForce: number) =>
    `Brier score ${own.toFixed(4)}; in force ${inForce.toFixed(4)}`;
  return [
    ['in shadow', `${modelVersion}, ${String(forecasts)} forecasts as of ${formatLocalTime(asOf, timeZone)}`],
    ['  any member', brier(shadow.brier, shadow.inForce)],
    ['  new reporters', brier(shadow.brierOfAnother, shadow.inForceOfAnother)],
  ];
}

const formatList = (rehearsed: readonly ModelRehearsal[], { timeZone }: CliContext) =>
  formatTable(
    [
      { title: 'REHEARSED' },
      { title: 'MODEL' },
      { title: 'AGAINST' },
      { title: 'REPORTS' },
      { title: 'MORE' },
      { title: 'LESS' },
      { title: 'APPEALS' },
    ],
    rehearsed.map(({ rehearsedAt, model, inForce, outcome }) => [
      ...[formatLocalTime(rehearsedAt, timeZone), model, inForce, String(outcome.reports)],
      ...[outcome.listedMore, outcome.listedLess, outcome.appealsAffected].map(String),
    ]),
  );
