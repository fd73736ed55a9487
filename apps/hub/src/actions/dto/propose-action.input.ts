import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import type { ActionKind, ActionState } from '@sekisho/workgroup';
import { ConnectionArgs } from '../../graphql/connection.args.js';
import { ACTION_KIND, ACTION_STATE } from '../models/enums.js';

@InputType()
export class EditActionInput {
  @Field(() => ACTION_KIND)
  kind!: ActionKind;

  @Field(() => String, { description: 'at most 200 characters' })
  title!: string;

  @Field(() => String, { description: 'why; at most 4,000 characters' })
  reason!: string;

  @Field(() => [String], { nullable: true, description: 'at most 100; networks up to /16 (IPv6: /32)' })
  subjects?: string[] | null;

  @Field(() => String, { nullable: true, description: 'of a JOINT_LISTING, as in reports' })
  category?: string | null;

  @Field(() => ID, { nullable: true, description: 'the campaign that it is about' })
  campaignId?: string | null;

  @Field(() => ID, { nullable: true, description: 'of a MEMBER_SUSPENSION' })
  memberId?: string | null;

  @Field(() => Int, { nullable: true, description: 'of a JOINT_THROTTLE; 30 when not given' })
  messagesPerHour?: number | null;

  @Field(() => String, { nullable: true, description: 'of a JOINT_NOTICE or EVIDENCE_PACKAGE: to whom' })
  noticeTo?: string | null;

  @Field(() => String, { nullable: true, description: 'of a JOINT_NOTICE or EVIDENCE_PACKAGE' })
  noticeText?: string | null;

  // Nullable, because a default of false is not taken for a variable's field that is left out.
  @Field(() => Boolean, { nullable: true, description: 'by two officers, for at most 24 hours' })
  isEmergency?: boolean | null;
}

@InputType()
export class ProposeActionInput extends EditActionInput {
  @Field(() => Boolean, { nullable: true, description: 'shown to your member alone, until submitAction' })
  isDraft?: boolean | null;
}

@ArgsType()
export class ActionArgs extends ConnectionArgs {
  @Field(() => ACTION_STATE, { nullable: true })
  state?: ActionState | null;
}
