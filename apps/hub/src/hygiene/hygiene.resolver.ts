import { Field, Float, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { spreadOf, type HygieneFigures } from '@sekisho/feedback';
import { HygieneRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';

@ObjectType('HygieneFigures', { description: 'null where there is nothing to measure by' })
export class HygieneFiguresModel {
  @Field(() => Float, { nullable: true, description: 'listed addresses per 1,000 of your IPv4 addresses' })
  listedPerThousand!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'addresses of your dynamic ranges seen sending straight to MX in 30 days, per 1,000',
  })
  leakingPerThousand!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'the part of your dynamic addresses with port 25 blocked',
  })
  port25BlockedShare!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'from alert to "fixed", of the fixes of 90 days that held',
  })
  medianHoursToFixed!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'the part of fixes of 90 days after which it was seen again',
  })
  reappearanceRate!: number | null;
}

@ObjectType('HygieneSpread', {
  description:
    'How a figure is spread over the members, to one digit; absent where fewer than k others have it',
})
export class HygieneSpreadModel {
  @Field(() => String)
  figure!: string;

  @Field(() => Float, { description: 'a quarter of the members is below' })
  low!: number;

  @Field(() => Float)
  median!: number;

  @Field(() => Float, { description: 'a quarter of the members is above' })
  high!: number;
}

@ObjectType('Hygiene')
export class HygieneModel {
  @Field(() => HygieneFiguresModel)
  own!: HygieneFiguresModel;

  @Field(() => [HygieneSpreadModel])
  federation!: HygieneSpreadModel[];

  @Field(() => Date)
  asOf!: Date;
}

const NOTHING: HygieneFigures = {
  ...{ listedPerThousand: undefined, leakingPerThousand: undefined, port25BlockedShare: undefined },
  ...{ medianHoursToFixed: undefined, reappearanceRate: undefined },
};

@Resolver(() => HygieneModel)
export class HygieneResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: HygieneRepository,
  ) {}

  @Query(() => HygieneModel, { description: 'How clean your own network is, and how that compares' })
  @Allow('member:read-own')
  async hygiene(@CurrentMember() memberId: string): Promise<HygieneModel> {
    const now = this.platform.now();
    const figures = await this.repository.figures(now);
    const own = figures.get(memberId) ?? NOTHING;
    const others = [...figures].flatMap(([id, theirs]) => (id === memberId ? [] : [theirs]));
    return {
      own: toModel(own),
      federation: spreadOf(others, own, this.platform.config.privacyK),
      asOf: now,
    };
  }
}

const toModel = (figures: HygieneFigures): HygieneFiguresModel => ({
  listedPerThousand: figures.listedPerThousand ?? null,
  leakingPerThousand: figures.leakingPerThousand ?? null,
  port25BlockedShare: figures.port25BlockedShare ?? null,
  medianHoursToFixed: figures.medianHoursToFixed ?? null,
  reappearanceRate: figures.reappearanceRate ?? null,
});
