import { Field, Int, ObjectType } from '@nestjs/graphql';

@ObjectType('ListingActivity', {
  description: 'What became of listings in one hour, over the whole federation',
})
export class ListingActivityModel {
  @Field(() => Date, { description: "the hour's beginning" })
  at!: Date;

  // As with the number of listings: whoever follows the zones can count them.
  @Field(() => Int, { description: 'subjects whose listing began or changed its score' })
  changed!: number;

  @Field(() => Int, { description: 'subjects whose listing ended' })
  ended!: number;
}
