import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Answer } from '@sekisho/feedback';
import { AlertRepository } from '@sekisho/persistence';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember, StillWelcome, type Welcome } from '../access/request.js';
import { readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { AlertFeed, type RaisedAlert } from './alert-feed.service.js';
import { ALERT_ANSWER, AlertArgs, AlertConnection, AlertModel, RaisedAlertModel } from './alert.model.js';
import { toAlertModel } from './alerts.mapper.js';

const cursorSchema = z.tuple([z.iso.datetime().pipe(z.coerce.date()), z.uuid()]);

@Resolver()
export class AlertsResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: AlertRepository,
    private readonly feed: AlertFeed,
  ) {}

  @Query(() => AlertConnection, { description: 'What became suspect in your own networks, newest first' })
  @Allow('alert:answer')
  async alerts(@CurrentMember() memberId: string, @Args() args: AlertArgs): Promise<AlertConnection> {
    const { first, after } = readPage(args);
    const before = after === undefined ? undefined : readCursor(after);
    const rows = await this.repository.list(memberId, { first, before, isOpenOnly: args.openOnly });
    return pageOf(rows.map(toAlertModel), first, ({ id, openedAt }) => `${openedAt.toISOString()} ${id}`);
  }

  @Mutation(() => AlertModel, {
    description:
      'Says what became of it: SEEN, FOUND (the machine or customer), FIXED. A fix that stays quiet until quietAt ends the listing early',
  })
  @Allow('alert:answer')
  async answerAlert(
    @CurrentMember() memberId: string,
    @Args('id', { type: () => ID }) id: string,
    @Args('answer', { type: () => ALERT_ANSWER }) answer: Answer,
  ): Promise<AlertModel> {
    if (!z.uuid().safeParse(id).success) {
      throw new RequestRefused('request-malformed', 'id: not the id of an alert');
    }
    return toAlertModel(await this.repository.answer(memberId, id, answer, this.platform.now()));
  }

  @Subscription(() => RaisedAlertModel, {
    description:
      'Each change of your alerts. It ends when changes may have been missed: subscribe again, then ask for alerts',
    resolve: (raised: RaisedAlert) => raised,
  })
  @Allow('alert:answer')
  alertRaised(
    @CurrentMember() memberId: string,
    @StillWelcome() isWelcome: Welcome,
  ): AsyncIterableIterator<RaisedAlert> {
    return this.feed.subscribe(memberId, isWelcome);
  }
}

/** @throws {RequestRefused} request-malformed */
function readCursor(text: string): { openedAt: Date; id: string } {
  const parsed = cursorSchema.safeParse(text.split(' '));
  if (!parsed.success) throw new RequestRefused('request-malformed', 'after is not the endCursor of a page');
  const [openedAt, id] = parsed.data;
  return { openedAt, id };
}
