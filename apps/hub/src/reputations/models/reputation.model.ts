import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { CATEGORIES } from '@sekisho/report';
import { BlurredCount } from '../../graphql/blurred-count.scalar.js';
import { connectionOf, edgeOf } from '../../graphql/connection.js';
import { SubjectText } from '../../graphql/subject.scalar.js';

type EnumName<T extends string> = T extends `${infer Head}-${infer Rest}`
  ? `${Uppercase<Head>}_${EnumName<Rest>}`
  : Uppercase<T>;
const nameOf = (value: string) => value.toUpperCase().replaceAll('-', '_');

/** GraphQL names cannot have hyphens: spam-source is SPAM_SOURCE. */
export const CategoryModel = Object.fromEntries(
  CATEGORIES.map((category) => [nameOf(category), category]),
) as {
  readonly [C in (typeof CATEGORIES)[number] as EnumName<C>]: C;
};
export type CategoryModel = (typeof CategoryModel)[keyof typeof CategoryModel];
registerEnumType(CategoryModel, { name: 'Category' });

export const RecommendationModel = {
  ACCEPT: 'ACCEPT',
  THROTTLE: 'THROTTLE',
  TAG: 'TAG',
  DEFER: 'DEFER',
  REJECT: 'REJECT',
} as const;
export type RecommendationModel = keyof typeof RecommendationModel;
registerEnumType(RecommendationModel, {
  name: 'Recommendation',
  description: 'What the federation recommends; the member decides',
});

export const SubjectTypeModel = {
  IP: 'ip',
  NETWORK: 'network',
  DOMAIN: 'domain',
  ADDRESS: 'address',
  FINGERPRINT: 'fingerprint',
} as const;
export type SubjectTypeModel = (typeof SubjectTypeModel)[keyof typeof SubjectTypeModel];
registerEnumType(SubjectTypeModel, { name: 'SubjectType' });

@ObjectType('ExplanationFactor')
export class ExplanationFactorModel {
  @Field(() => String)
  factor!: string;

  @Field(() => Float, { description: 'points; all contributions together are the score' })
  contribution!: number;

  @Field(() => String)
  detail!: string;
}

@ObjectType('Reputation')
export class ReputationModel {
  @Field(() => SubjectText)
  subject!: string;

  @Field(() => Int, { description: '0 (clean) to 100 (certainly abusive)' })
  score!: number;

  @Field(() => Boolean, { description: 'whether the subject is in a zone that mail servers ask' })
  listed!: boolean;

  @Field(() => [CategoryModel], { description: 'what it does, the strongest first' })
  categories!: CategoryModel[];

  @Field(() => Int, { description: '0 to 100: how much evidence the score rests on' })
  confidence!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'that abusive mail is reported of it in the next 24 hours, 0 to 1, by what came after such scores; null: not known',
  })
  probability!: number | null;

  @Field(() => RecommendationModel, {
    description: 'where you stated costs: what costs you least, never harsher than without them',
  })
  recommendation!: RecommendationModel;

  @Field(() => BlurredCount, { description: 'how many members reported it' })
  memberCount!: number;

  @Field(() => Date, { description: 'to 10 minutes' })
  firstSeen!: Date;

  @Field(() => Date, { description: 'to 10 minutes' })
  lastSeen!: Date;

  @Field(() => Date, { description: 'when the score will be 0 if nothing more is reported' })
  expiresAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description:
      'when it is not listed any more if nothing more is reported, of a network at the latest; null: not listed, or not known yet',
  })
  listedUntil!: Date | null;

  @Field(() => [ExplanationFactorModel])
  explanation!: ExplanationFactorModel[];
}

@ObjectType()
export class ReputationEdge extends edgeOf(ReputationModel) {}

@ObjectType()
export class ReputationConnection extends connectionOf(ReputationEdge) {}
