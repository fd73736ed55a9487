import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { connectionOf, edgeOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';
import { CategoryModel, ExplanationFactorModel } from '../reputations/models/reputation.model.js';

export const AppealStateModel = {
  UNCONFIRMED: 'unconfirmed',
  OPEN: 'open',
  DECIDED: 'decided',
  WITHDRAWN: 'withdrawn',
} as const;
export type AppealStateModel = (typeof AppealStateModel)[keyof typeof AppealStateModel];
registerEnumType(AppealStateModel, { name: 'AppealState' });

export const AppealOutcomeModel = { UPHELD: 'upheld', REJECTED: 'rejected', RELEASED: 'released' } as const;
export type AppealOutcomeModel = (typeof AppealOutcomeModel)[keyof typeof AppealOutcomeModel];
registerEnumType(AppealOutcomeModel, {
  name: 'AppealOutcome',
  description: 'RELEASED: a first listing as a zombie, lifted at once; no reviewer gives it',
});

export const AppealLanguageModel = { EN: 'en', JA: 'ja' } as const;
export type AppealLanguageModel = (typeof AppealLanguageModel)[keyof typeof AppealLanguageModel];
registerEnumType(AppealLanguageModel, { name: 'AppealLanguage' });

@ObjectType('Appeal')
export class AppealModel {
  @Field(() => ID)
  id!: string;

  @Field(() => SubjectText)
  subject!: string;

  @Field(() => AppealStateModel)
  state!: AppealStateModel;

  @Field(() => CategoryModel, { description: 'what it was listed for when the appeal was filed' })
  reasonClass!: CategoryModel;

  @Field(() => String, { description: 'as the appellant wrote it; empty when it is forgotten' })
  text!: string;

  @Field(() => Date)
  filedAt!: Date;

  @Field(() => Date, { nullable: true })
  dueAt!: Date | null;

  @Field(() => Boolean, { description: 'open and past its deadline' })
  isOverdue!: boolean;

  @Field(() => Boolean, {
    description: 'your member reported or owns the subject: somebody else has to decide',
  })
  isConcerned!: boolean;

  @Field(() => [ExplanationFactorModel], {
    description: 'the evidence by class as of now, without who reported it',
  })
  evidence!: ExplanationFactorModel[];

  @Field(() => AppealOutcomeModel, { nullable: true })
  outcome!: AppealOutcomeModel | null;

  @Field(() => String, { nullable: true })
  reason!: string | null;

  @Field(() => Date, { nullable: true })
  decidedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'milliseconds from the decision until the slowest edge that follows this hub served the correction',
  })
  effectMs!: number | null;

  @Field(() => Int, { description: 'edges that have confirmed it' })
  effectEdges!: number;

  @Field(() => Int, { description: 'for decideAppeal: the one that you saw' })
  version!: number;
}

@ObjectType()
export class AppealEdge extends edgeOf(AppealModel) {}

@ObjectType()
export class AppealConnection extends connectionOf(AppealEdge) {}

@InputType()
export class FileAppealInput {
  @Field(() => String, { description: 'what is listed: an address, a network, a domain …' })
  subject!: string;

  @Field(() => String, { description: 'why the listing is wrong, or what was done; no personal data' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'to be told of the decision' })
  mail?: string | null;

  @Field(() => AppealLanguageModel, { defaultValue: AppealLanguageModel.EN })
  language!: AppealLanguageModel;

  @Field(() => String, {
    nullable: true,
    description:
      'a solved puzzle of GET /appeal/challenge, ALTCHA version 2; none from the listed address itself',
  })
  proof?: string | null;
}

@ObjectType('FiledAppeal')
export class FiledAppealModel {
  @Field(() => AppealStateModel)
  state!: AppealStateModel;

  @Field(() => String, { description: 'whoever has it can confirm, follow and withdraw the appeal: keep it' })
  url!: string;
}
