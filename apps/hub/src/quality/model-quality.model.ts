import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum ModelUse {
  IN_FORCE = 'IN_FORCE',
  SHADOW = 'SHADOW',
  FORMER = 'FORMER',
}
registerEnumType(ModelUse, {
  name: 'ModelUse',
  description:
    'IN_FORCE: scores and listings are its; SHADOW: it foretells of the same, and nothing depends on it; FORMER: it was in force',
});

@ObjectType('ModelAccuracy', { description: 'One outcome, held against what the scores foretold' })
export class ModelAccuracyModel {
  @Field(() => Float, { description: 'the share of forecasts after which it came, 0 to 1' })
  rate!: number;

  @Field(() => Float, {
    description: 'Brier score: mean squared distance of forecast and outcome; 0 is perfect',
  })
  brier!: number;

  @Field(() => Float, { description: 'the Brier score of foretelling the rate itself, always' })
  brierOfConstant!: number;
}

@ObjectType('ReliabilityBin', { description: 'Forecasts of neighbouring scores, and what came of them' })
export class ReliabilityBinModel {
  @Field(() => Int, { description: 'the lowest score' })
  from!: number;

  @Field(() => Int, { description: 'the highest score' })
  to!: number;

  @Field(() => Int)
  forecasts!: number;

  @Field(() => Float, { description: 'mean of what was foretold, 0 to 1' })
  foretold!: number;

  @Field(() => Float, { description: 'the share after which abusive mail was reported, 0 to 1' })
  came!: number;

  @Field(() => Float, { description: 'lower end of the 95 % interval of came' })
  cameLow!: number;

  @Field(() => Float, { description: 'upper end of the 95 % interval of came' })
  cameHigh!: number;

  @Field(() => Float, { description: 'the same, by a member that had not reported the subject before' })
  cameByAnother!: number;
}

@ObjectType('BrierScores')
export class BrierScoresModel {
  @Field(() => Float, { description: 'a member reported abusive mail' })
  anyMember!: number;

  @Field(() => Float, {
    description: 'a member reported abusive mail that had not reported the subject before',
  })
  anotherMember!: number;
}

@ObjectType('ModelMeasurement')
export class ModelMeasurementModel {
  @Field(() => String, { description: 'version of the model that foretold' })
  modelVersion!: string;

  @Field(() => ModelUse)
  use!: ModelUse;

  @Field(() => Int, { description: 'scores of the sample' })
  forecasts!: number;

  @Field(() => ModelAccuracyModel, { description: 'a member reported abusive mail' })
  anyMember!: ModelAccuracyModel;

  @Field(() => ModelAccuracyModel, {
    description: 'a member reported abusive mail that had not reported the subject before',
  })
  anotherMember!: ModelAccuracyModel;

  @Field(() => BrierScoresModel, {
    nullable: true,
    description:
      'of a model in SHADOW: the Brier scores of what was in force, over the same subjects at the same moments',
  })
  brierInForce!: BrierScoresModel | null;

  @Field(() => [ReliabilityBinModel], {
    description: 'from low scores to high; so wide that k members or none have a part in each',
  })
  bins!: ReliabilityBinModel[];
}

@ObjectType('ModelQuality', {
  description: 'How far scores, read as probabilities, agreed with what came in the day after',
})
export class ModelQualityModel {
  @Field(() => Date)
  asOf!: Date;

  @Field(() => Int, { description: 'the forecasts of so many days' })
  days!: number;

  @Field(() => Int, { description: 'abusive mail within so many hours is what a score is held against' })
  horizonHours!: number;

  @Field(() => [ModelMeasurementModel])
  measurements!: ModelMeasurementModel[];
}
