import { Query, Resolver } from '@nestjs/graphql';
import { ForecastRepository } from '@sekisho/persistence';
import { FORECAST } from '@sekisho/reputation';
import { Allow } from '../access/allow.decorator.js';
import { ModelQualityModel } from './model-quality.model.js';

const HOUR_MS = 3_600_000;

@Resolver()
export class ModelQualityResolver {
  constructor(private readonly forecasts: ForecastRepository) {}

  @Query(() => ModelQualityModel, {
    nullable: true,
    description: 'How honest the scores were, as last published; null until a day of forecasts is over',
  })
  @Allow('statistics:read')
  async modelQuality(): Promise<ModelQualityModel | null> {
    const published = await this.forecasts.published();
    if (!published) return null;
    return {
      asOf: published.asOf,
      days: FORECAST.windowMs / (24 * HOUR_MS),
      horizonHours: FORECAST.horizonMs / HOUR_MS,
      measurements: published.measurements.map(({ bins, ...measurement }) => ({
        ...measurement,
        bins: [...bins],
      })),
    };
  }
}
