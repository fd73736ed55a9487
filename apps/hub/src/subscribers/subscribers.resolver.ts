import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CheckRepository, TerminationRepository } from '@sekisho/persistence';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { limited, readUuid } from './arguments.js';
import {
  CanaryAlarmModel,
  SubscriberAnswerModel,
  TerminationReceiptModel,
} from './models/subscriber.model.js';
import { SubscribersService } from './subscribers.service.js';

const MAX_SIGN_UPS = 1_000_000;
const day = z.iso.date();

const envelopeArg = { type: () => String, description: 'A compact JWS' };
const idArg = { type: () => ID };

@Resolver()
export class SubscribersResolver {
  constructor(
    private readonly subscribers: SubscribersService,
    private readonly terminations: TerminationRepository,
    private readonly checks: CheckRepository,
    private readonly register: MemberRegister,
    private readonly platform: Platform,
  ) {}

  @Mutation(() => TerminationReceiptModel, {
    description: 'Records that a subscriber was terminated for abuse of mail',
  })
  @Allow('subscriber:terminate')
  terminateSubscriber(
    @CurrentMember() memberId: string,
    @Args('envelope', envelopeArg) envelope: string,
  ): Promise<TerminationReceiptModel> {
    return this.subscribers.terminate(memberId, envelope.trim(), false);
  }

  @Mutation(() => TerminationReceiptModel, {
    description: 'Plants somebody who does not exist: who asks is trying',
  })
  @Allow('subscriber:canary')
  plantCanary(
    @CurrentMember() memberId: string,
    @Args('envelope', envelopeArg) envelope: string,
  ): Promise<TerminationReceiptModel> {
    return this.subscribers.terminate(memberId, envelope.trim(), true);
  }

  @Mutation(() => [ID], { description: "Takes your own records into this month's epoch; those that live on" })
  @Allow('subscriber:terminate')
  renewTerminations(
    @CurrentMember() memberId: string,
    @Args('envelope', envelopeArg) envelope: string,
  ): Promise<string[]> {
    return this.subscribers.renew(memberId, envelope.trim());
  }

  @Mutation(() => ID, { description: 'Takes a record of your own back, for good' })
  @Allow('subscriber:terminate')
  async withdrawTermination(
    @CurrentMember() memberId: string,
    @Args('terminationId', idArg) terminationId: string,
  ): Promise<string> {
    await this.terminations.withdraw(memberId, readUuid('terminationId', terminationId), this.platform.now());
    return terminationId;
  }

  @Mutation(() => ID, {
    description:
      'A contested record does not answer. A reviewer who did not report it ends that when it is decided.',
  })
  @Allow('subscriber:contest')
  async contestTermination(
    @CurrentMember() memberId: string,
    @Args('terminationId', idArg) terminationId: string,
    @Args('isContested', { type: () => Boolean, defaultValue: true }) isContested: boolean,
  ): Promise<string> {
    const isReviewer = this.register.find(memberId)?.role === 'reviewer';
    const id = readUuid('terminationId', terminationId);
    await this.terminations.setContested({ memberId, isReviewer }, id, isContested, this.platform.now());
    return terminationId;
  }

  @Mutation(() => SubscriberAnswerModel, {
    description: 'Whether an applicant was terminated for abuse elsewhere',
  })
  @Allow('subscriber:check')
  async checkSubscriber(
    @CurrentMember() memberId: string,
    @Args('envelope', envelopeArg) envelope: string,
  ): Promise<SubscriberAnswerModel> {
    const { strength, matches } = await this.subscribers.check(memberId, envelope.trim());
    return { strength, matches: matches.map((match) => ({ ...match, types: [...match.types] })) };
  }

  @Mutation(() => Int, { description: 'How many sign-ups there were on a day; checks are held against it' })
  @Allow('subscriber:check')
  async declareSignUps(
    @CurrentMember() memberId: string,
    @Args('day', { type: () => String, description: 'YYYY-MM-DD' }) text: string,
    @Args('signUps', { type: () => Int }) signUps: number,
  ): Promise<number> {
    if (!day.safeParse(text).success || signUps < 0 || signUps > MAX_SIGN_UPS) {
      throw new RequestRefused('request-malformed', `a day YYYY-MM-DD and 0 to ${MAX_SIGN_UPS} sign-ups`);
    }
    await this.checks.declareSignUps(memberId, text, signUps);
    return signUps;
  }

  @Query(() => [CanaryAlarmModel], {
    description: 'Members that asked about planted subscribers, newest first',
  })
  @Allow('subscriber:canary')
  canaryAlarms(
    @Args('first', { type: () => Int, defaultValue: 100 }) first: number,
  ): Promise<CanaryAlarmModel[]> {
    return this.checks.alarms(limited(first));
  }
}
