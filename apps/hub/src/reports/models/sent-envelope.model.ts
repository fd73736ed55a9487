import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ConnectionArgs } from '../../graphql/connection.args.js';
import { connectionOf, edgeOf } from '../../graphql/connection.js';
import { SubjectText } from '../../graphql/subject.scalar.js';
import { RefusalModel } from './receipt.model.js';

@ObjectType('SentEnvelope', { description: 'An envelope that you sent, and what became of it' })
export class SentEnvelopeModel {
  @Field(() => ID)
  receiptId!: string;

  @Field(() => Date)
  receivedAt!: Date;

  @Field(() => Int)
  accepted!: number;

  @Field(() => [RefusalModel])
  rejected!: RefusalModel[];

  @Field(() => Boolean, { description: 'whether its reports are in the scores by now' })
  isScored!: boolean;
}

@ObjectType()
export class SentEnvelopeEdge extends edgeOf(SentEnvelopeModel) {}

@ObjectType()
export class SentEnvelopeConnection extends connectionOf(SentEnvelopeEdge) {}

@ObjectType('SentReport', { description: 'An accepted report of your own' })
export class SentReportModel {
  @Field(() => Int, { description: 'its place in the envelope, as retractReport takes it' })
  index!: number;

  @Field(() => SubjectText)
  subject!: string;

  @Field(() => String)
  category!: string;

  @Field(() => String)
  evidence!: string;

  @Field(() => Int)
  count!: number;

  @Field(() => Date)
  firstSeen!: Date;

  @Field(() => Date)
  lastSeen!: Date;

  @Field(() => Boolean, { description: 'whether you said that a verdict of ours influenced it' })
  isInfluenced!: boolean;

  @Field(() => Date, { nullable: true })
  retractedAt!: Date | null;
}

@ArgsType()
export class SentEnvelopeArgs extends ConnectionArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'only envelopes of which something was refused' })
  refusedOnly!: boolean;
}
