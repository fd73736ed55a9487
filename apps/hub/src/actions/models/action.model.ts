import { createUnionType, Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type {
  ActionErrorCode,
  ActionKind,
  ActionState,
  Measure,
  Participation,
  Vote,
} from '@sekisho/workgroup';
import { BlurredCount } from '../../graphql/blurred-count.scalar.js';
import { connectionOf, edgeOf } from '../../graphql/connection.js';
import { SubjectText } from '../../graphql/subject.scalar.js';
import { ACTION_KIND, ACTION_STATE, MEASURE, PARTICIPATION, VOTE } from './enums.js';

@ObjectType('ActionTally')
export class ActionTallyModel {
  @Field(() => Int)
  yes!: number;

  @Field(() => Int)
  no!: number;

  @Field(() => Int)
  abstain!: number;

  @Field(() => Int, { description: 'members that are heard and do not vote' })
  recused!: number;

  @Field(() => Int, { description: 'votes that must be there' })
  quorum!: number;

  @Field(() => Int, { description: 'members that may vote' })
  eligible!: number;
}

@ObjectType('ActionVote', { description: 'One member’s vote; shown when the vote is over' })
export class ActionVoteModel {
  @Field(() => ID)
  memberId!: string;

  @Field(() => VOTE)
  vote!: Vote;

  @Field(() => String)
  reason!: string;

  @Field(() => Date)
  at!: Date;
}

@ObjectType('RehearsalCounts', { description: 'Lower ends of buckets; 0 stands for fewer than 5' })
export class RehearsalCountsModel {
  @Field(() => Int)
  connections!: number;

  @Field(() => Int)
  senders!: number;

  @Field(() => Int)
  knownGood!: number;
}

@ObjectType('RehearsalShare', { description: 'How many members lie in one bucket' })
export class RehearsalShareModel {
  @Field(() => MEASURE)
  measure!: Measure;

  @Field(() => Int, { description: 'the lower end of the bucket; 0 stands for fewer than 5' })
  from!: number;

  @Field(() => String, { description: 'the bucket in words: "30 to 99"' })
  text!: string;

  @Field(() => BlurredCount)
  members!: number;
}

@ObjectType('ActionRehearsal', { description: 'What the action would hit, by the members’ own lookups' })
export class ActionRehearsalModel {
  @Field(() => BlurredCount, { description: 'members whose agent has answered' })
  answered!: number;

  @Field(() => [RehearsalShareModel])
  distribution!: RehearsalShareModel[];

  @Field(() => RehearsalCountsModel, { nullable: true, description: 'what your own agent sent' })
  own!: RehearsalCountsModel | null;

  @Field(() => [RehearsalShareModel], { description: 'the same of what it did hit, once it is over' })
  actual!: RehearsalShareModel[];
}

@ObjectType('ActionParticipant', { description: 'One member, when the action is carried out' })
export class ActionParticipantModel {
  @Field(() => ID)
  memberId!: string;

  @Field(() => PARTICIPATION)
  state!: Participation;

  @Field(() => Date, { nullable: true, description: 'by the hub’s clock' })
  at!: Date | null;

  @Field(() => Float, { nullable: true, description: 'applied so much later than effectiveAt' })
  skewMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'taken back so much later than the end' })
  removalSkewMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'the member’s clock less the hub’s' })
  clockOffsetMs!: number | null;

  @Field(() => String, { description: 'why, of a veto' })
  note!: string;
}

@ObjectType('ActionTransition')
export class ActionTransitionModel {
  @Field(() => Date)
  at!: Date;

  @Field(() => String, { description: 'a member, or "clock"' })
  by!: string;

  @Field(() => String)
  transition!: string;

  @Field(() => ACTION_STATE)
  state!: ActionState;

  @Field(() => String)
  reason!: string;

  @Field(() => Float, { description: 'its entry in the transparency log' })
  logIndex!: number;
}

@ObjectType('ActionComment')
export class ActionCommentModel {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  memberId!: string;

  @Field(() => String)
  text!: string;

  @Field(() => Date)
  at!: Date;
}

@ObjectType('Action', {
  description: 'What the working group decides and all members carry out at one moment',
})
export class ActionModel {
  @Field(() => ID)
  id!: string;

  @Field(() => ACTION_KIND)
  kind!: ActionKind;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => ACTION_STATE)
  state!: ActionState;

  @Field(() => Int, {
    description: 'grows with every change; give it with a command to be refused if it grew',
  })
  version!: number;

  @Field(() => [SubjectText])
  subjects!: string[];

  @Field(() => String, { nullable: true })
  category!: string | null;

  @Field(() => ID, { nullable: true, description: 'the member that a suspension is about' })
  concerns!: string | null;

  @Field(() => ID, { nullable: true })
  campaignId!: string | null;

  @Field(() => Int, { nullable: true, description: 'of a throttle, for each sending network' })
  messagesPerHour!: number | null;

  @Field(() => String, { nullable: true })
  noticeTo!: string | null;

  @Field(() => String, { nullable: true })
  noticeText!: string | null;

  @Field(() => Boolean, { description: 'two officers put it in force; the vote comes afterwards' })
  isEmergency!: boolean;

  @Field(() => Int, { description: 'the version of the rule set' })
  rules!: number;

  @Field(() => ID)
  proposedBy!: string;

  @Field(() => Date)
  proposedAt!: Date;

  @Field(() => Date, { nullable: true })
  rehearsalEndsAt!: Date | null;

  @Field(() => Date, { nullable: true })
  votingEndsAt!: Date | null;

  @Field(() => Boolean)
  isVoting!: boolean;

  @Field(() => Boolean, { nullable: true, description: 'what the vote decided' })
  isApproved!: boolean | null;

  @Field(() => Date, { nullable: true, description: 'T0: when all members apply it' })
  effectiveAt!: Date | null;

  @Field(() => Date, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'when all members take it back, once that was ordered' })
  rollBackAt!: Date | null;

  @Field(() => Date, { nullable: true })
  endedAt!: Date | null;

  @Field(() => ActionTallyModel)
  tally!: ActionTallyModel;

  @Field(() => [ActionVoteModel], { description: 'empty while the vote goes on' })
  votes!: ActionVoteModel[];

  @Field(() => VOTE, { nullable: true })
  myVote!: Vote | null;

  @Field(() => Boolean, { description: 'it concerns what is yours: you are heard, and do not vote' })
  isRecused!: boolean;

  @Field(() => ActionRehearsalModel, { nullable: true, description: 'null for kinds that hit no mail' })
  rehearsal!: ActionRehearsalModel | null;

  @Field(() => [ActionParticipantModel], { description: 'from scheduling on' })
  participants!: ActionParticipantModel[];

  @Field(() => [ActionTransitionModel])
  history!: ActionTransitionModel[];

  @Field(() => [ActionCommentModel])
  comments!: ActionCommentModel[];

  @Field(() => String, {
    nullable: true,
    description:
      'the after-action report as JSON; null until it is written. As a page: GET /actions/ID/report',
  })
  report!: string | null;
}

@ObjectType('ActionStatement', {
  description: 'Word for word what an entry of the transparency log commits to',
})
export class ActionStatementModel {
  @Field(() => Float)
  index!: number;

  @Field(() => String, { description: 'action or vote: what the commitment begins with' })
  kind!: string;

  @Field(() => String)
  statement!: string;

  @Field(() => String, {
    nullable: true,
    description: 'base64url of 16 bytes; null: an entry without a salt, of an older version',
  })
  salt!: string | null;
}

@ObjectType('ActionRefused', { description: 'What was asked for is against the rules; nothing was changed' })
export class ActionRefusedModel {
  @Field(() => String, { description: 'recused, vote-cast, vote-over, not-entitled, action-state, …' })
  code!: ActionErrorCode;

  @Field(() => String)
  message!: string;
}

export const ActionResultModel = createUnionType({
  name: 'ActionResult',
  types: () => [ActionModel, ActionRefusedModel] as const,
  resolveType: (value: ActionModel | ActionRefusedModel) =>
    'code' in value ? ActionRefusedModel : ActionModel,
});

@ObjectType()
export class ActionEdge extends edgeOf(ActionModel) {}

@ObjectType()
export class ActionConnection extends connectionOf(ActionEdge) {}

@ObjectType('CodeOfConduct')
export class CodeOfConductModel {
  @Field(() => String)
  version!: string;

  @Field(() => String, { description: 'where its text is; ?language=ja for Japanese' })
  url!: string;

  @Field(() => Date, { nullable: true, description: 'when your member accepted this version' })
  acceptedAt!: Date | null;
}

@ObjectType('MemberStanding', {
  description: 'A member’s part of the last 90 days; null while too little was asked',
})
export class MemberStandingModel {
  @Field(() => ID)
  memberId!: string;

  @Field(() => Int, { nullable: true, description: 'percent of the votes that it could give' })
  votes!: number | null;

  @Field(() => Int, { nullable: true, description: 'percent of the actions that it applied or vetoed' })
  actions!: number | null;

  @Field(() => Int, { nullable: true, description: 'percent of the alerts that it answered' })
  alerts!: number | null;

  @Field(() => Int, { nullable: true, description: 'the median of its answers to alerts, in hours' })
  answerHours!: number | null;
}
