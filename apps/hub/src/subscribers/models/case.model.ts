import { Field, ID, Int, ObjectType } from '@nestjs/graphql';

@ObjectType('SubscriberCase', { description: 'A match, as each of the two members concerned sees it' })
export class SubscriberCaseModel {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, { description: 'Whether the member that asks reported the termination' })
  isReporter!: boolean;

  @Field(() => String)
  strength!: string;

  @Field(() => [String])
  types!: string[];

  @Field(() => String)
  reason!: string;

  @Field(() => String, { description: 'active, contested or withdrawn: what became of the record since' })
  state!: string;

  @Field(() => String, {
    nullable: true,
    description: "The reporter's own case number, shown to the reporter",
  })
  caseNumber!: string | null;

  @Field(() => ID, { nullable: true, description: "The reporter's record, shown to the reporter" })
  terminationId!: string | null;

  @Field(() => Date)
  openedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The key that your side published' })
  ownKey!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The key of the other side, to be verified before it is used',
  })
  otherKey!: string | null;

  @Field(() => Int)
  messages!: number;
}

@ObjectType('CaseMessage')
export class CaseMessageModel {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, { description: 'Sent by your side' })
  isOwn!: boolean;

  @Field(() => String, { description: 'A compact JWE that the two sides of the case can open' })
  sealed!: string;

  @Field(() => Date)
  sentAt!: Date;
}
