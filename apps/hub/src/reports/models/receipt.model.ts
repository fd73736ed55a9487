import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { SubjectText } from '../../graphql/subject.scalar.js';

@ObjectType('Refusal', { description: 'A report of the envelope that was not taken, and why' })
export class RefusalModel {
  @Field(() => Int)
  index!: number;

  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType('Receipt')
export class ReceiptModel {
  @Field(() => ID)
  receiptId!: string;

  @Field(() => Int)
  accepted!: number;

  @Field(() => [RefusalModel])
  rejected!: RefusalModel[];
}

@ObjectType('Retraction')
export class RetractionModel {
  @Field(() => ID)
  receiptId!: string;

  @Field(() => Int)
  index!: number;

  @Field(() => SubjectText)
  subject!: string;
}
