import { Field, Float, InputType, ObjectType } from '@nestjs/graphql';
import { CategoryModel } from '../reputations/models/reputation.model.js';

const ABUSE = 'abusive mail that is let through, in any unit';
const REFUSED = 'good mail that is refused';
const DELAYED = 'good mail that is put off; null: nothing is put off';
const RETURNING = 'the part, 0 to 1, of abusive mail that comes again after it was put off';

@ObjectType('OutcomeCosts', { description: 'What outcomes cost a member; only the ratios count' })
export class OutcomeCostsModel {
  @Field(() => Float, { nullable: true, description: ABUSE })
  abuse!: number | null;

  @Field(() => Float, { nullable: true, description: REFUSED })
  refused!: number | null;

  @Field(() => Float, { nullable: true, description: DELAYED })
  delayed!: number | null;

  @Field(() => Float, { nullable: true, description: RETURNING })
  returning!: number | null;
}

@ObjectType('CategoryCosts', { description: 'What is null is as in default' })
export class CategoryCostsModel extends OutcomeCostsModel {
  @Field(() => CategoryModel)
  category!: CategoryModel;
}

@ObjectType('StatedCosts', { description: 'What outcomes cost you, as you stated it' })
export class StatedCostsModel {
  @Field(() => OutcomeCostsModel)
  default!: OutcomeCostsModel;

  @Field(() => [CategoryCostsModel])
  categories!: CategoryCostsModel[];
}

@InputType()
export class OutcomeCostsInput {
  @Field(() => Float, { nullable: true, description: ABUSE })
  abuse?: number | null;

  @Field(() => Float, { nullable: true, description: REFUSED })
  refused?: number | null;

  @Field(() => Float, { nullable: true, description: DELAYED })
  delayed?: number | null;

  @Field(() => Float, { nullable: true, description: RETURNING })
  returning?: number | null;
}

@InputType({ description: 'What is left out is as in default' })
export class CategoryCostsInput extends OutcomeCostsInput {
  @Field(() => CategoryModel)
  category!: CategoryModel;
}

@InputType({ description: 'As the section costs of a policy file, without probability' })
export class StatedCostsInput {
  @Field(() => OutcomeCostsInput, { description: 'abuse and refused are needed, returning with delayed' })
  default!: OutcomeCostsInput;

  @Field(() => [CategoryCostsInput], { nullable: true })
  categories?: CategoryCostsInput[] | null;
}
