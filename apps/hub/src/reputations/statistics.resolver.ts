import { Field, Float, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { ReportRepository, ReputationRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { BlurredCount } from '../graphql/blurred-count.scalar.js';
import { Platform } from '../platform/platform.js';
import { MemberRegister } from '../members/member-register.service.js';

@ObjectType('Statistics', { description: 'Figures of the whole federation' })
export class StatisticsModel {
  @Field(() => BlurredCount)
  members!: number;

  @Field(() => Float)
  envelopes!: number;

  @Field(() => Float)
  reports!: number;

  @Field(() => Float, { description: 'envelopes that are stored and not scored yet' })
  unscoredEnvelopes!: number;

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
    private readonly register: MemberRegister,
    private readonly reports: ReportRepository,
    private readonly reputations: ReputationRepository,
  ) {}

  @Query(() => StatisticsModel)
  @Allow('statistics:read')
  async statistics(): Promise<StatisticsModel> {
    const [{ envelopes, reports, unscored }, { subjects, listings }] = await Promise.all([
      this.reports.statistics(),
      this.reputations.counts(),
    ]);
    return {
      members: this.register.all().filter(({ status }) => status === 'active').length,
      ...{ envelopes, reports, unscoredEnvelopes: unscored, subjects, listings },
      asOf: this.platform.now(),
    };
  }
}
