// What was foretold against what came; the caller shows a table too.
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { useLanguage } from '../language/use-language.ts';
import { useSettings } from '../settings/settings.ts';
import { axisIn, drawPlot } from './plot.ts';
import { useMedia } from './use-media.ts';

export interface ReliabilityPoint {
  /** Both 0..1, in ascending order of what was foretold. */
  readonly foretold: number;
  readonly came: number;
}

interface ReliabilityChartProps {
  readonly label: string;
  readonly points: readonly ReliabilityPoint[];
}

const HEIGHT_PIXELS = 260;
const percent = (share: number) => share * 100;

export function ReliabilityChart({ label, points }: ReliabilityChartProps) {
  const { t, format } = useLanguage();
  const { theme } = useSettings();
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const ink = style.getPropertyValue('--ink-muted');
    const came = style.getPropertyValue('--chart-1');
    const look = axisIn(style);
    const axis: uPlot.Axis = {
      ...look,
      ...(look.font !== undefined && { labelFont: look.font }),
      labelSize: 20,
      values: (_plot, ticks) => ticks.map((tick) => format.number(tick)),
    };
    const xs = [0, ...points.map(({ foretold }) => percent(foretold)), 100];
    return drawPlot(
      element,
      {
        ...{ height: HEIGHT_PIXELS, legend: { live: false } },
        cursor: { show: false },
        scales: { x: { time: false, range: [0, 100] }, y: { range: [0, 100] } },
        axes: [
          { ...axis, label: t('quality.foretoldPercent') },
          { ...axis, label: t('quality.camePercent'), size: 48 },
        ],
        series: [
          {},
          { label: t('quality.honest'), stroke: ink, width: 1, dash: [4, 4], points: { show: false } },
          { label: t('quality.came'), stroke: came, width: 2, points: { show: true, size: 8, fill: came } },
        ],
      },
      [xs, xs, [null, ...points.map((point) => percent(point.came)), null]],
    );
  }, [points, theme, isDark, format, t]);
  return <div ref={place} role="img" aria-label={label} />;
}
