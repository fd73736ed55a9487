import { Field, Float, ObjectType } from '@nestjs/graphql';

@ObjectType('LoggedDecision', {
  description:
    'A decision and what opens its entry in the transparency log; the entry is there within a second',
})
export class LoggedDecisionModel {
  @Field(() => Float, { description: 'Which entry of the log commits to it' })
  index!: number;

  @Field(() => String, { description: 'base64url of 16 bytes' })
  salt!: string;

  @Field(() => String, { description: 'What was decided: JSON, exactly as the log commits to it' })
  statement!: string;
}
