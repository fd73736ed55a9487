import { Query, Resolver } from '@nestjs/graphql';
import { ForecastRepository, type VersionMeasurement } from '@sekisho/persistence';
import { FORECAST, MODEL_VERSION } from '@sekisho/reputation';
import { Allow } from '../access/allow.decorator.js';
import { ModelMeasurementModel, ModelQualityModel, ModelUse } from './model-quality.model.js';

const HOUR_MS = 3_600_000;

@Resolver()
export class ModelQualityResolver {
  constructor(private readonly forecasts: ForecastRepository) {}

  @Query(() => ModelQualityModel, {
    nullable: true,
    description:
      'How honest the scores were, as last published, and what a model in shadow foretold of the same; null until a day of forecasts is over',
  })
  @Allow('statistics:read')
  async modelQuality(): Promise<ModelQualityModel | null> {
    const published = await this.forecasts.published();
    if (!published) return null;
    return {
      asOf: published.asOf,
      days: FORECAST.windowMs / (24 * HOUR_MS),
      horizonHours: FORECAST.horizonMs / HOUR_MS,
      measurements: published.measurements.map(toModel),
    };
  }
}

const toModel = ({ bins, inForce, ...measurement }: VersionMeasurement): ModelMeasurementModel => ({
  ...measurement,
  ...{ use: useOf(measurement.modelVersion, inForce !== undefined), brierInForce: inForce ?? null },
  bins: [...bins],
});

function useOf(version: string, isShadow: boolean): ModelUse {
  if (isShadow) return ModelUse.SHADOW;
  return version === MODEL_VERSION ? ModelUse.IN_FORCE : ModelUse.FORMER;
}
