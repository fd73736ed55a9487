import { Field, ID, Int, ObjectType } from '@nestjs/graphql';

@ObjectType('TerminationReceipt')
export class TerminationReceiptModel {
  @Field(() => ID)
  terminationId!: string;

  @Field(() => Date, { description: 'From then on the record does not answer and is deleted' })
  expiresAt!: Date;
}

@ObjectType('CorrectionReceipt')
export class CorrectionReceiptModel extends TerminationReceiptModel {
  @Field(() => Int)
  version!: number;
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

@ObjectType('TerminationChange')
export class TerminationChangeModel {
  @Field(() => Int)
  version!: number;

  @Field(() => String, { description: 'contested, corrected, upheld or withdrawn' })
  kind!: string;

  @Field(() => Boolean, { description: 'By you; else by a reviewer' })
  isByReporter!: boolean;

  @Field(() => String, { description: 'The new reason, or the number of the appeal' })
  note!: string;

  @Field(() => Date)
  changedAt!: Date;
}

@ObjectType('Termination', { description: 'A record of your own, as the hub has it' })
export class TerminationModel {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String, { description: 'active, contested or withdrawn' })
  state!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => String)
  evidence!: string;

  @Field(() => String)
  caseNumber!: string;

  @Field(() => Date)
  expiresAt!: Date;

  @Field(() => [TerminationChangeModel], { description: 'Oldest first' })
  changes!: TerminationChangeModel[];
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
