import { Args, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { ParticipationRepository, type Commander } from '@sekisho/persistence';
import type { Vote } from '@sekisho/workgroup';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember, StillWelcome, type Welcome } from '../access/request.js';
import { readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { Platform } from '../platform/platform.js';
import { ActionFeed } from './action-feed.service.js';
import { ActionsService } from './actions.service.js';
import { readActionId, readCursor, readReason } from './arguments.js';
import { CurrentCommander } from './commander.decorator.js';
import { ActionArgs, EditActionInput, ProposeActionInput } from './dto/propose-action.input.js';
import {
  ActionConnection,
  ActionModel,
  ActionResultModel,
  ActionStatementModel,
  type ActionRefusedModel,
} from './models/action.model.js';
import { VOTE } from './models/enums.js';

const idArg = { type: () => ID };
const reasonArg = { type: () => String };
const versionArg = {
  type: () => Int,
  nullable: true,
  description: 'the version that you saw; refused if it changed since',
};
type Result = Promise<ActionModel | ActionRefusedModel>;

/** What the working group decides. */
@Resolver(() => ActionModel)
export class ActionsResolver {
  constructor(
    private readonly platform: Platform,
    private readonly service: ActionsService,
    private readonly feed: ActionFeed,
    private readonly participation: ParticipationRepository,
  ) {}

  @Query(() => ActionConnection, { description: 'Actions of the working group, newest first' })
  @Allow('action:read')
  async actions(
    @CallingMember() viewer: string | undefined,
    @Args() args: ActionArgs,
  ): Promise<ActionConnection> {
    const { first, after } = readPage(args, 100);
    const before = after === undefined ? undefined : readCursor(after);
    const models = await this.service.list(viewer, { first, before, state: args.state ?? undefined });
    return pageOf(models, first, ({ id, proposedAt }) => `${proposedAt.toISOString()} ${id}`);
  }

  @Query(() => ActionModel, { nullable: true })
  @Allow('action:read')
  async action(
    @CallingMember() viewer: string | undefined,
    @Args('id', idArg) id: string,
  ): Promise<ActionModel | null> {
    return (await this.service.find(viewer, readActionId(id))) ?? null;
  }

  @Query(() => [ActionStatementModel], {
    description: 'What the transparency log holds of an action, word for word; votes once the vote is over',
  })
  @Allow('action:read')
  async actionStatements(
    @CallingMember() viewer: string | undefined,
    @Args('id', idArg) id: string,
  ): Promise<ActionStatementModel[]> {
    const found = await this.service.find(viewer, readActionId(id));
    if (!found) return [];
    const statements = await this.participation.statements(found.id, { withVotes: !found.isVoting });
    return statements.map(({ salt, ...said }) => ({ ...said, salt: salt?.toString('base64url') ?? null }));
  }

  @Subscription(() => ActionModel, {
    description: 'An action that changed: its state, a vote, a comment, what a member did',
    resolve: (model: ActionModel) => model,
  })
  @Allow('action:read')
  actionChanged(
    @CallingMember() viewer: string | undefined,
    @StillWelcome() isWelcome: Welcome,
  ): AsyncIterableIterator<ActionModel> {
    return this.feed.subscribe(viewer, isWelcome);
  }

  @Mutation(() => ActionResultModel, { description: 'Puts an action before the members, or keeps a draft' })
  @Allow('action:propose')
  proposeAction(
    @CurrentCommander() commander: Commander,
    @Args('input', { type: () => ProposeActionInput }) input: ProposeActionInput,
  ): Result {
    return this.service.propose(commander, input);
  }

  @Mutation(() => ActionResultModel, {
    description: 'Replaces what a draft of your member says; refused if somebody changed it since',
  })
  @Allow('action:propose')
  editAction(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('input', { type: () => EditActionInput }) input: EditActionInput,
    @Args('version', { type: () => Int, description: 'the version that you saw' }) version: number,
  ): Result {
    return this.service.edit({ ...commander, version }, readActionId(id), input);
  }

  @Mutation(() => ActionResultModel, { description: 'Puts a draft of your member before the members' })
  @Allow('action:propose')
  submitAction(@CurrentCommander() commander: Commander, @Args('id', idArg) id: string): Result {
    return this.service.command(commander, readActionId(id), { type: 'propose' });
  }

  @Mutation(() => ActionResultModel, {
    description: 'Takes your own proposal back, as long as it is not decided',
  })
  @Allow('action:propose')
  withdrawAction(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('reason', reasonArg) reason: string,
  ): Result {
    return this.service.command(commander, readActionId(id), {
      type: 'withdraw',
      reason: readReason(reason),
    });
  }

  @Mutation(() => ActionResultModel, {
    description:
      'The second officer of an emergency, of another member: it is scheduled, and reviewed afterwards',
  })
  @Allow('action:schedule')
  confirmEmergency(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('effectiveAt', { type: () => Date }) effectiveAt: Date,
    @Args('expiresAt', { type: () => Date, description: 'at most 24 hours later' }) expiresAt: Date,
    @Args('reason', reasonArg) reason: string,
  ): Result {
    return this.service.command(commander, readActionId(id), {
      ...{ type: 'confirm', effectiveAt: effectiveAt.getTime(), expiresAt: expiresAt.getTime() },
      reason: readReason(reason),
    });
  }

  @Mutation(() => ActionResultModel, {
    description: 'Your member’s vote. It is final; the same one again changes nothing',
  })
  @Allow('action:vote')
  voteOnAction(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('vote', { type: () => VOTE }) vote: Vote,
    @Args('reason', { type: () => String, defaultValue: '' }) reason: string,
  ): Result {
    return this.service.command(commander, readActionId(id), {
      type: 'vote',
      vote,
      reason: reason === '' ? '' : readReason(reason),
    });
  }

  @Mutation(() => ActionResultModel, {
    description: 'Sets the moments at which all members apply an approved action and take it back',
  })
  @Allow('action:schedule')
  scheduleAction(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('effectiveAt', { type: () => Date }) effectiveAt: Date,
    @Args('expiresAt', { type: () => Date }) expiresAt: Date,
    @Args('version', versionArg) version?: number | null,
  ): Result {
    return this.service.command({ ...commander, version: version ?? undefined }, readActionId(id), {
      ...{ type: 'schedule', effectiveAt: effectiveAt.getTime(), expiresAt: expiresAt.getTime() },
    });
  }

  @Mutation(() => ActionResultModel, {
    description: 'Has all members take it back at one moment, a few seconds from now',
  })
  @Allow('action:roll-back')
  rollBackAction(
    @CurrentCommander() commander: Commander,
    @Args('id', idArg) id: string,
    @Args('reason', reasonArg) reason: string,
    @Args('version', versionArg) version?: number | null,
  ): Result {
    return this.service.command({ ...commander, version: version ?? undefined }, readActionId(id), {
      type: 'roll-back',
      reason: readReason(reason),
    });
  }

  @Mutation(() => ActionResultModel, {
    description: 'Says something about an action; who is recused is heard too',
  })
  @Allow('action:vote')
  commentOnAction(
    @CurrentCommander() { memberId }: Commander,
    @Args('id', idArg) id: string,
    @Args('text', { type: () => String }) text: string,
  ): Result {
    const [actionId, said] = [readActionId(id), readReason(text)];
    return this.service.answered(memberId, async () => {
      await this.participation.comment(memberId, actionId, said, this.platform.now());
      return actionId;
    });
  }
}
