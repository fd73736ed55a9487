import type { ForecastRepository } from '@sekisho/persistence';

export interface QualityTools {
  readonly now: () => Date;
  /** A whole number for each sample. */
  readonly seed: () => number;
  /** Fewer members than this are never spoken of. */
  readonly k: number;
}

export interface QualityRound {
  readonly foretold: number;
  readonly resolved: number;
  readonly isPublished: boolean;
}

/** One round of measuring the model: repeating it changes nothing. */
export async function measureQuality(
  forecasts: Pick<ForecastRepository, 'foretell' | 'resolve' | 'publish'>,
  { now, seed, k }: QualityTools,
): Promise<QualityRound> {
  const foretold = await forecasts.foretell(seed(), now());
  const resolved = await forecasts.resolve(now());
  return { foretold, resolved, isPublished: await forecasts.publish(k, now()) };
}
