import type { ModelQuality } from '@sekisho/client';
import { formatPairs, formatTable } from './table.js';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The reliability curve as a table, for each model whose scores were in force. */
export function formatModelQuality(quality: ModelQuality | null): string {
  if (!quality)
    return 'nothing is measured yet: the first day of forecasts is not over, or too few members reported\n';
  const { asOf, days, horizonHours, measurements } = quality;
  const head = `as of ${asOf}: scores of ${String(days)} days, and whether abusive mail was reported within ${String(horizonHours)} hours\n`;
  return head + measurements.map((measurement) => `\n${formatMeasurement(measurement)}`).join('');
}

function formatMeasurement({
  modelVersion,
  forecasts,
  anyMember,
  anotherMember,
  bins,
}: ModelQuality['measurements'][number]): string {
  const brier = ({ brier: own, brierOfConstant }: typeof anyMember) =>
    `${own.toFixed(4)}; ${brierOfConstant.toFixed(4)} always saying the average`;
  const facts = formatPairs([
    ['model', modelVersion],
    ['forecasts', String(forecasts)],
    ['came after', percent(anyMember.rate)],
    ['Brier score', brier(anyMember)],
    ['the same, new reporters', brier(anotherMember)],
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
