import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
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

@ObjectType('LogReceipt', { description: 'Where the accepted reports are in the transparency log' })
export class LogReceiptModel {
  @Field(() => Float, { description: 'Index of the first; the others follow in their order' })
  index!: number;

  @Field(() => String, { description: 'base64url of 16 bytes: with it you can tell your entries' })
  salt!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The last checkpoint that was published: a signed note',
  })
  checkpoint?: string | undefined;
}

@ObjectType('Receipt')
export class ReceiptModel {
  @Field(() => ID)
  receiptId!: string;

  @Field(() => Int)
  accepted!: number;

  @Field(() => [RefusalModel])
  rejected!: RefusalModel[];

  @Field(() => LogReceiptModel, { nullable: true, description: 'Null when no report was accepted' })
  log?: LogReceiptModel | undefined;
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
