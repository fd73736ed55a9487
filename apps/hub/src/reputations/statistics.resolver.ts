import { Field, Float, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { StatisticsRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { BlurredCount } from '../graphql/blurred-count.scalar.js';
import { Platform } from '../platform/platform.js';

@ObjectType('Statistics', {
  description:
    'Figures of the whole federation at the end of the last closed period: a full hour in which at least k members reported',
})
export class StatisticsModel {
  @Field(() => BlurredCount)
  members!: number;

  @Field(() => BlurredCount)
  envelopes!: number;

  @Field(() => BlurredCount)
  reports!: number;

  // The hub's own backlog: with the rest for a closed period, it says nothing of who sends.
  @Field(() => Float, { description: 'envelopes that are stored and not scored yet' })
  unscoredEnvelopes!: number;

  // Whoever reads the zones can count these two anyway.
  @Field(() => Float)
  subjects!: number;

  @Field(() => Float)
  listings!: number;

  @Field(() => Date)
  asOf!: Date;
}

@Resolver(() => StatisticsModel)
export class StatisticsResolver {
  constructor(
    private readonly platform: Platform,
    private readonly statisticsOf: StatisticsRepository,
  ) {}

  @Query(() => StatisticsModel)
  @Allow('statistics:read')
  async statistics(): Promise<StatisticsModel> {
    const { config } = this.platform;
    const now = this.platform.now();
    // A demonstration has no members to protect, and nobody who would wait an hour for its figures.
    const { unscored, ...figures } = config.isDemo
      ? await this.statisticsOf.current(now)
      : await this.statisticsOf.published(now, config.privacyK);
    return { ...figures, unscoredEnvelopes: unscored };
  }
}
