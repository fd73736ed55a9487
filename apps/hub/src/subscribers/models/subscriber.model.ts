import { Field, ID, ObjectType } from '@nestjs/graphql';

@ObjectType('TerminationReceipt')
export class TerminationReceiptModel {
  @Field(() => ID)
  terminationId!: string;

  @Field(() => Date, { description: 'From then on the record does not answer and is deleted' })
  expiresAt!: Date;
}

@ObjectType('SubscriberMatch', { description: 'A record of another member; never whose' })
export class SubscriberMatchModel {
  @Field(() => ID, { description: 'The case that the match opened on both sides' })
  caseId!: string;

  @Field(() => String, { description: 'possible or strong' })
  strength!: string;

  @Field(() => [String], { description: 'The kinds of identifiers that are the same' })
  types!: string[];

  @Field(() => String)
  reason!: string;
}

@ObjectType('SubscriberAnswer', {
  description: 'A hint for a person to review, never a reason to refuse by itself',
})
export class SubscriberAnswerModel {
  @Field(() => String, { description: 'The strongest of the matches: none, possible or strong' })
  strength!: string;

  @Field(() => [SubscriberMatchModel])
  matches!: SubscriberMatchModel[];
}

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

  @Field(() => Date)
  openedAt!: Date;
}

@ObjectType('CanaryAlarm', { description: 'A member asked about somebody who does not exist' })
export class CanaryAlarmModel {
  @Field(() => ID)
  checkId!: string;

  @Field(() => ID)
  terminationId!: string;

  @Field(() => ID)
  memberId!: string;

  @Field(() => Date)
  raisedAt!: Date;
}
