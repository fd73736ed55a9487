import { ANSWERS, type AlertState, type Answer } from '@sekisho/feedback';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { connectionOf, edgeOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';

/** The values are the words of libs/feedback: GraphQL shows them in capitals. */
export const ALERT_ANSWER = Object.fromEntries(ANSWERS.map((word) => [word.toUpperCase(), word])) as Record<
  string,
  Answer
>;
registerEnumType(ALERT_ANSWER, { name: 'AlertAnswer', description: 'What the owner says of an alert' });

@ObjectType('Alert', { description: 'That one of your own addresses or networks became suspect' })
export class AlertModel {
  @Field(() => ID)
  id!: string;

  @Field(() => SubjectText)
  subject!: string;

  @Field(() => String)
  category!: string;

  @Field(() => String, { description: 'open, seen, found, observing or closed' })
  state!: AlertState;

  @Field(() => Int, { description: 'messages that others saw, to the order of magnitude' })
  messages!: number;

  @Field(() => Date, { description: 'to 10 minutes' })
  lastSeen!: Date;

  @Field(() => Date)
  openedAt!: Date;

  @Field(() => Int, { description: 'pieces of sealedEvidence about the subject that wait for you' })
  evidenceCount!: number;

  @Field(() => Date, { nullable: true, description: 'when you said "fixed"' })
  fixedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'when the observation of the fix ends' })
  quietAt!: Date | null;

  @Field(() => Boolean, {
    description: 'false when too many fixes had no effect: the listing keeps its full term',
  })
  endsEarly!: boolean;

  @Field(() => Int, { description: 'how often it was seen again after "fixed"' })
  failedFixes!: number;

  @Field(() => Date, { nullable: true })
  closedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'fixed (quiet after a fix) or faded (by itself)' })
  outcome!: string | null;
}

@ObjectType({ description: 'A change of an alert, at the moment it happens' })
export class RaisedAlertModel {
  @Field(() => String, {
    description: 'opened, grown, reappeared, quiet, faded, or evidence (more is sealed for you)',
  })
  change!: string;

  @Field(() => AlertModel)
  alert!: AlertModel;
}

@ObjectType()
export class AlertEdge extends edgeOf(AlertModel) {}

@ObjectType()
export class AlertConnection extends connectionOf(AlertEdge) {}

@ArgsType()
export class AlertArgs {
  @Field(() => Int, { defaultValue: 50, description: '1 to 1,000' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'endCursor of the page before' })
  after?: string | null;

  @Field(() => Boolean, { defaultValue: false })
  openOnly!: boolean;
}
