import { useMemo } from 'react';
import { useLanguage } from '../language/use-language.ts';

interface Activity {
  readonly at: string;
  readonly changed: number;
  readonly ended: number;
}

/** How many listings changed and ended in each hour, for the chart of the overview and of the statistics. */
export function useActivity(activity: readonly Activity[] | undefined) {
  const { t } = useLanguage();
  const times = useMemo(() => (activity ?? []).map(({ at }) => new Date(at)), [activity]);
  const curves = useMemo(
    () => [
      {
        label: t('overview.changed'),
        values: (activity ?? []).map(({ changed }) => changed),
        color: '--chart-1' as const,
        isBars: true,
      },
      {
        label: t('overview.ended'),
        values: (activity ?? []).map(({ ended }) => ended),
        color: '--chart-2' as const,
      },
    ],
    [activity, t],
  );
  return { times, curves };
}
