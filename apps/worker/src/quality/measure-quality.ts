import type { CalibrationRepository, ForecastRepository } from '@sekisho/persistence';

export interface QualityTools {
  readonly now: () => Date;
  /** A whole number for each sample. */
  readonly seed: () => number;
  /** Fewer members than this are never spoken of. */
  readonly k: number;
}

export interface ModelRound {
  readonly foretold: number;
  readonly resolved: number;
  readonly isPublished: boolean;
}

/** One round of measuring the model: repeating it changes nothing. */
export async function measureModel(
  forecasts: Pick<ForecastRepository, 'foretell' | 'resolve' | 'publish'>,
  { now, seed, k }: QualityTools,
): Promise<ModelRound> {
  const foretold = await forecasts.foretell(seed(), now());
  const resolved = await forecasts.resolve(now());
  return { foretold, resolved, isPublished: await forecasts.publish(k, now()) };
}

export interface ReportRound {
  readonly checked: number;
  /** Members that were told of their reports anew. */
  readonly told: number;
}

/** One round of looking at what became of reports: repeating it changes nothing. */
export async function measureReports(
  calibration: Pick<CalibrationRepository, 'check' | 'judge' | 'publish'>,
  { now, seed, k }: QualityTools,
): Promise<ReportRound> {
  const checked = await calibration.check(seed(), now());
  await calibration.judge(now());
  return { checked, told: await calibration.publish(k, now()) };
}
