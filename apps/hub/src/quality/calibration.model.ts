import { Field, Float, Int, ObjectType } from '@nestjs/graphql';

@ObjectType('TrustRecord', {
  description: 'What the reports of a member are weighed with, and the rule behind it',
})
export class TrustRecordModel {
  @Field(() => Float, { description: 'in force, 0 to 1' })
  trust!: number;

  @Field(() => Float, {
    description: 'what the rule makes of the record: 0.8 × max(½, (20 + right) ⁄ (20 + right + wrong))',
  })
  byRule!: number;

  @Field(() => String, {
    nullable: true,
    description: 'why the operator has set the trust by hand; null: it follows the rule',
  })
  reason!: string | null;

  @Field(() => Int, { description: 'appeals of the last year that found the reports right' })
  right!: number;

  @Field(() => Int, { description: 'appeals of the last year that found the reports wrong' })
  wrong!: number;

  @Field(() => Date, {
    nullable: true,
    description: 'until then it is on probation: it confirms, and lists nothing without a proven member',
  })
  newUntil!: Date | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'share of its reports that repeat one other member, with which it counts as one; null: a voice of its own',
  })
  repeats!: number | null;
}

@ObjectType('ConfirmedShare')
export class ConfirmedShareModel {
  @Field(() => Int, { description: 'of those looked at' })
  confirmed!: number;

  @Field(() => Int, { description: 'of those looked at: nobody has said anything' })
  unknown!: number;

  @Field(() => Float, { description: 'confirmed of all that was reported, 0 to 1' })
  share!: number;

  @Field(() => Float, { description: 'lower end of its 95 % interval' })
  shareLow!: number;

  @Field(() => Float, { description: 'upper end of its 95 % interval' })
  shareHigh!: number;
}

@ObjectType('CalibrationChannel')
export class CalibrationChannelModel {
  @Field(() => String, {
    nullable: true,
    description: 'null: all channels that are too little to be told apart',
  })
  category!: string | null;

  @Field(() => String, { nullable: true })
  evidence!: string | null;

  @Field(() => Float, {
    description: 'reports that were news, of the last 30 days; an estimate where not all were looked at',
  })
  reported!: number;

  @Field(() => Int, { description: 'looked at' })
  checked!: number;

  @Field(() => Int, { description: 'of those looked at: people decided otherwise' })
  refuted!: number;

  @Field(() => ConfirmedShareModel, {
    nullable: true,
    description: 'null where fewer than k members confirmed something',
  })
  confirmation!: ConfirmedShareModel | null;
}

@ObjectType('Calibration', { description: 'What became of the reports of one member; nobody else sees it' })
export class CalibrationModel {
  @Field(() => Date, { nullable: true, description: 'null while nothing was looked at' })
  asOf!: Date | null;

  @Field(() => Int, { description: 'reports of so many days' })
  days!: number;

  @Field(() => TrustRecordModel)
  trust!: TrustRecordModel;

  @Field(() => [CalibrationChannelModel], { description: 'largest first' })
  channels!: CalibrationChannelModel[];
}
