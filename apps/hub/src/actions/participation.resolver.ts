import { Args, Float, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { NotAuthentic, verifySigned } from '@sekisho/auth';
import {
  ActionRepository,
  ParticipationRepository,
  StandingRepository,
  type Commander,
} from '@sekisho/persistence';
import {
  ActionRefused,
  CONDUCT_VERSION,
  RESULT_TYP,
  resultSchema,
  type Participation,
} from '@sekisho/workgroup';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember, CurrentMember } from '../access/request.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import { ActionsService } from './actions.service.js';
import { readActionId, readReason } from './arguments.js';
import { CurrentCommander } from './commander.decorator.js';
import {
  ActionModel,
  ActionRefusedModel,
  ActionResultModel,
  CodeOfConductModel,
  MemberStandingModel,
} from './models/action.model.js';
import { PARTICIPATION } from './models/enums.js';

/** An agent that was cut off sends what it counted when it is back. */
const RESULT_AGE_MS = 24 * 3_600_000;

/** What members do about an action, and what they have agreed to. */
@Resolver()
export class ParticipationResolver {
  constructor(
    private readonly platform: Platform,
    private readonly service: ActionsService,
    private readonly actions: ActionRepository,
    private readonly participation: ParticipationRepository,
    private readonly register: MemberRegister,
    private readonly standing: StandingRepository,
  ) {}

  @Mutation(() => ActionResultModel, {
    description: 'What your member did: READY, APPLIED, REMOVED, or VETOED for itself with the reason',
  })
  @Allow('action:acknowledge')
  async acknowledgeAction(
    @CurrentCommander() { memberId }: Commander,
    @Args('id', { type: () => ID }) id: string,
    @Args('state', { type: () => PARTICIPATION }) state: Participation,
    @Args('at', { type: () => Date, nullable: true, description: 'by your own clock; now when not given' })
    at: Date | null | undefined,
    @Args('clockOffsetMs', {
      ...{ type: () => Float, defaultValue: 0, description: 'your clock less the hub’s; see `clock`' },
    })
    clockOffsetMs: number,
    @Args('reason', { type: () => String, defaultValue: '' }) reason: string,
  ): Promise<ActionModel | ActionRefusedModel> {
    const actionId = readActionId(id);
    const note = reason === '' ? '' : readReason(reason);
    return this.service.answered(memberId, async () => {
      if (state === 'silent') throw new ActionRefused('action-malformed', 'state: SILENT is not reported');
      const now = this.platform.now();
      const said = { state, at: (at ?? now).getTime(), clockOffsetMs, note };
      await this.participation.acknowledge(memberId, actionId, said, now);
      await this.actions.settle(actionId, now);
      return actionId;
    });
  }

  @Mutation(() => ActionResultModel, {
    description: 'What your agent counted on its own lookups, in buckets, signed with your report key',
  })
  @Allow('action:acknowledge')
  submitActionResult(
    @CurrentCommander() { memberId }: Commander,
    @Args('result', { type: () => String, description: 'a compact JWS' }) result: string,
  ): Promise<ActionModel | ActionRefusedModel> {
    return this.service.answered(memberId, async () => {
      const claims = await this.verified(memberId, result.trim());
      await this.participation.keepResult(memberId, claims, result.trim());
      await this.actions.settle(claims.action, this.platform.now());
      return claims.action;
    });
  }

  /** @throws {ActionRefused} result-not-authentic, result-malformed */
  private async verified(memberId: string, jws: string) {
    try {
      const claims = await verifySigned(jws, resultSchema, this.register.findSigningKey, {
        ...{ typ: RESULT_TYP, audience: this.platform.hubId },
        ...{ now: this.platform.now().getTime(), maxAgeMs: RESULT_AGE_MS },
      });
      if (claims.iss === memberId) return claims;
      throw new ActionRefused('result-not-authentic', 'the result is signed by another member');
    } catch (error) {
      if (!(error instanceof NotAuthentic)) throw error;
      const code = error.code === 'envelope-malformed' ? 'result-malformed' : 'result-not-authentic';
      throw new ActionRefused(code, error.message);
    }
  }

  @Query(() => Float, {
    description: 'The hub’s clock, milliseconds since 1970: agents measure theirs by it',
  })
  @Allow('hub:describe')
  clock(): number {
    return this.platform.now().getTime();
  }

  @Mutation(() => Float, { description: 'Says that your agent is there; answers with the hub’s clock' })
  @Allow('action:acknowledge')
  async reportAgent(
    @CurrentMember() memberId: string,
    @Args('clockOffsetMs', { type: () => Float }) clockOffsetMs: number,
  ): Promise<number> {
    await this.participation.noteAgent(memberId, clockOffsetMs, this.platform.now());
    return this.clock();
  }

  @Query(() => ID, {
    nullable: true,
    description: 'Who votes for your member while it does not vote itself; null: nobody',
  })
  @Allow('action:vote')
  async voteDelegate(@CurrentMember() memberId: string): Promise<string | null> {
    return (await this.participation.delegateOf(memberId)) ?? null;
  }

  @Mutation(() => String, {
    nullable: true,
    description:
      'Who votes for your member while it does not vote itself; null: nobody. Answers who it is now',
  })
  @Allow('action:vote')
  async delegateVote(
    @CurrentMember() memberId: string,
    @Args('memberId', { type: () => ID, nullable: true }) delegate: string | null | undefined,
  ): Promise<string | null> {
    await this.participation.delegate(memberId, delegate ?? undefined, this.platform.now());
    return (await this.participation.delegateOf(memberId)) ?? null;
  }

  @Query(() => [MemberStandingModel], { description: 'The part of each member, by published rules' })
  @Allow('member:list')
  async standings(): Promise<MemberStandingModel[]> {
    const all = await this.standing.list(this.platform.now());
    return all.map(({ memberId, votes, actions, alerts, answerHours }) => ({
      ...{ memberId, votes: votes ?? null, actions: actions ?? null, alerts: alerts ?? null },
      answerHours: answerHours ?? null,
    }));
  }

  @Query(() => CodeOfConductModel)
  @Allow('conduct:read')
  async codeOfConduct(@CallingMember() memberId: string | undefined): Promise<CodeOfConductModel> {
    const acceptedAt =
      memberId === undefined ? undefined : await this.participation.conductAcceptedAt(memberId);
    return {
      ...{ version: CONDUCT_VERSION, url: `${this.platform.config.publicUrl}/conduct` },
      acceptedAt: acceptedAt ?? null,
    };
  }

  @Mutation(() => CodeOfConductModel, { description: 'Accepts this version for your member; needed to vote' })
  @Allow('conduct:accept')
  async acceptConduct(
    @CurrentMember() memberId: string,
    @Args('version', { type: () => String }) version: string,
  ): Promise<CodeOfConductModel> {
    if (version !== CONDUCT_VERSION) {
      throw new ActionRefused('action-malformed', `version: the one in force is ${CONDUCT_VERSION}`);
    }
    await this.participation.acceptConduct(memberId, this.platform.now());
    return this.codeOfConduct(memberId);
  }
}
