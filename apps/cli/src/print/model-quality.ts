import type { ModelQuality } from '@sekisho/client';
import { formatPairs, formatTable } from './table.js';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const USE = {
  IN_FORCE: 'in force',
  SHADOW: 'in shadow: nothing depends on it',
  FORMER: 'formerly in force',
} as const;

/** The reliability curve as a table, for each model that foretold. */
export function formatModelQuality(quality: ModelQuality | null): string {
  if (!quality)
    return 'nothing is measured yet: the first day of forecasts is not over, or too few members reported\n';
  const { asOf, days, horizonHours, measurements } = quality;
  const head = `as of ${asOf}: scores of ${String(days)} days, and whether abusive mail was reported within ${String(horizonHours)} hours\n`;
  return head + measurements.map((measurement) => `\n${formatMeasurement(measurement)}`).join('');
}

function formatMeasurement({
  modelVersion,
  use,
  forecasts,
  anyMember,
  anotherMember,
  brierInForce,
  bins,
}: ModelQuality['measurements'][number]): string {
  const brier = ({ brier: own, brierOfConstant }: typeof anyMember) =>
    `${own.toFixed(4)}; ${brierOfConstant.toFixed(4)} always saying the average`;
  const facts = formatPairs([
    ['model', `${modelVersion}, ${USE[use]}`],
    ['forecasts', String(forecasts)],
    ['came after', percent(anyMember.rate)],
    ['Brier score', brier(anyMember)],
    ['the same, new reporters', brier(anotherMember)],
    ...besideInForce(anyMember.brier, brierInForce?.anyMember, 'in force, of the same'),
    ...besideInForce(anotherMember.brier, brierInForce?.anotherMember, 'the same, new reporters'),
  ]);
  const table = formatTable(
    ['SCORE', 'FORETOLD', 'CAME', '95 % INTERVAL', 'BY A NEW REPORTER', 'FORECASTS'].map((title) => ({
      ...{ title, isNumber: true },
    })),
    bins.map((bin) => [
      ...[`${String(bin.from)}-${String(bin.to)}`, percent(bin.foretold), percent(bin.came)],
      ...[`${percent(bin.cameLow)} - ${percent(bin.cameHigh)}`, percent(bin.cameByAnother)],
      String(bin.forecasts),
    ]),
  );
  return facts + table;
}

/** What was in force is told in the same breath as how much better or worse the model in shadow did. */
function besideInForce(own: number, inForce: number | undefined, name: string): [string, string][] {
  if (inForce === undefined) return [];
  const by = inForce === 0 ? 0 : (own - inForce) / inForce;
  const words = percent(Math.abs(by));
  const than =
    words === percent(0) ? 'as this model' : `this model is ${words} ${by < 0 ? 'lower' : 'higher'}`;
  return [[name, `${inForce.toFixed(4)}; ${than}`]];
}
