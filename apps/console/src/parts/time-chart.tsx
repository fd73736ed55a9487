// Curves over time, and the same figures in a table below them.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useLanguage } from '../language/use-language.ts';
import { useSettings } from '../settings/settings.ts';
import { axisIn, drawPlot } from './plot.ts';
import { useMedia } from './use-media.ts';

export interface Curve {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly color: '--chart-1' | '--chart-2';
  readonly isBars?: boolean;
}

interface TimeChartProps {
  readonly label: string;
  readonly times: readonly Date[];
  readonly curves: readonly Curve[];
  /** The scale's end; by default that of the values. */
  readonly max?: number;
}

const HEIGHT_PIXELS = 200;

export function TimeChart({ label, times, curves, max }: TimeChartProps) {
  const { t, language, format } = useLanguage();
  const { theme, timeZone } = useSettings();
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const axis = axisIn(style);
    return drawPlot(
      element,
      {
        height: HEIGHT_PIXELS,
        legend: { show: curves.length > 1, live: false },
        cursor: { y: false },
        ...(timeZone === 'UTC' && { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1_000), 'Etc/UTC') }),
        scales: {
          y: {
            range: (_plot, _low, high) => [0, max ?? Math.max(1, high * 1.1)],
          },
        },
        axes: [
          { ...axis, values: (_plot, ticks) => labelTicks(ticks, language, timeZone) },
          { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => format.number(tick)) },
        ],
        series: [
          {},
          ...curves.map(({ label: name, color, isBars }): uPlot.Series => {
            const stroke = style.getPropertyValue(color);
            return {
              ...{
                label: name,
                stroke,
                fill: `${stroke.trim()}33`,
                width: 2,
                points: { show: times.length < 20 },
              },
              ...(isBars &&
                uPlot.paths.bars && {
                  paths: uPlot.paths.bars({ size: [0.7, 40] }),
                  points: { show: false },
                }),
            };
          }),
        ],
      },
      [times.map((at) => at.getTime() / 1_000), ...curves.map(({ values }) => [...values])],
    );
  }, [times, curves, max, language, theme, timeZone, isDark, format]);
  return (
    <figure className="chart">
      <div ref={place} role="img" aria-label={label} />
      <details>
        <summary>{t('chart.asTable')}</summary>
        <div className="chart-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('chart.time')}</th>
                {curves.map((curve) => (
                  <th key={curve.label} scope="col" className="number">
                    {curve.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((at, i) => (
                <tr key={at.getTime()}>
                  <th scope="row">{format.dateTime(at)}</th>
                  {curves.map(({ label: name, values }) => {
                    const value = values[i];
                    return (
                      <td key={name} className="number">
                        {value === null || value === undefined ? '–' : format.number(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

const DAY_SECONDS = 86_400;

/** Hours while they are less than a day apart, else days. */
function labelTicks(ticks: readonly number[], language: string, timeZone: string): string[] {
  const [first = 0, second = first] = ticks;
  const zone = timeZone === 'UTC' ? { timeZone: 'UTC' } : {};
  const shape: Intl.DateTimeFormatOptions =
    second - first < DAY_SECONDS
      ? { hour: '2-digit', minute: '2-digit' }
      : { month: 'numeric', day: 'numeric' };
  const labels = new Intl.DateTimeFormat(language, { ...shape, hourCycle: 'h23', ...zone });
  return ticks.map((tick) => labels.format(new Date(tick * 1_000)));
}
