import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { AppealDecisions, AppealRefused, AppealRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember, CurrentMember, requestOf, StillWelcome, type Welcome } from '../access/request.js';
import { ConnectionArgs, readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { AppealFeed } from './appeal-feed.service.js';
import { AppealMail } from './appeal-mail.js';
import { AppealView } from './appeal-view.service.js';
import {
  AppealConnection,
  AppealModel,
  AppealOutcomeModel,
  AppealStateModel,
  FiledAppealModel,
  FileAppealInput,
} from './appeal.model.js';
import { AppealsService } from './appeals.service.js';

const MOST_APPEALS = 100;
const MAX_REASON = 1_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a request comes from; behind a proxy that is trusted, what it says. */
const ClientAddress = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => (requestOf(context) as { ip?: string }).ip ?? '',
);

@Resolver(() => AppealModel)
export class AppealsResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: AppealRepository,
    private readonly decisions: AppealDecisions,
    private readonly service: AppealsService,
    private readonly mail: AppealMail,
    private readonly view: AppealView,
    private readonly feed: AppealFeed,
  ) {}

  @Query(() => AppealConnection, {
    description: `Appeals against listings that were confirmed, the newest first; at most ${MOST_APPEALS} at once`,
  })
  @Allow('appeal:review')
  async appeals(
    @Args() args: ConnectionArgs,
    @CallingMember() memberId: string | undefined,
    @Args('state', { type: () => AppealStateModel, nullable: true }) state?: AppealStateModel | null,
  ): Promise<AppealConnection> {
    const { first, after } = readPage(args, MOST_APPEALS);
    const stored = await this.repository.list({
      first,
      before: readCursor(after),
      state: state ?? undefined,
    });
    const models = await Promise.all(stored.map((appeal) => this.view.shown(appeal, memberId)));
    const keys = new Map(stored.map(({ id, filedAt }) => [id, `${filedAt.toISOString()} ${id}`]));
    return pageOf(models, first, ({ id }) => keys.get(id) ?? '');
  }

  @Query(() => AppealModel, { nullable: true })
  @Allow('appeal:review')
  async appeal(
    @Args('id', { type: () => ID }) id: string,
    @CallingMember() memberId: string | undefined,
  ): Promise<AppealModel | null> {
    const stored = await this.repository.byId(readId(id));
    return stored ? this.view.shown(stored, memberId) : null;
  }

  @Subscription(() => AppealModel, {
    description:
      'An appeal that was confirmed, decided, withdrawn or escalated, or whose correction reached an edge. It ends when changes may have been missed: subscribe again, then ask for appeals',
    resolve: (model: AppealModel) => model,
  })
  @Allow('appeal:review')
  appealChanged(
    @CallingMember() memberId: string | undefined,
    @StillWelcome() isWelcome: Welcome,
  ): AsyncIterableIterator<AppealModel> {
    return this.feed.subscribe(memberId, isWelcome);
  }

  @Mutation(() => FiledAppealModel, {
    description: 'Appeals against a listing; nothing is done before the appeal is confirmed at its page',
  })
  @Allow('appeal:file')
  async fileAppeal(
    @Args('input') input: FileAppealInput,
    @ClientAddress() address: string,
  ): Promise<FiledAppealModel> {
    const { subject, text: words, language } = input;
    const form = { subject, words, language, mail: input.mail ?? undefined, proof: input.proof ?? undefined };
    const { appeal, secret } = await this.service.file(form, address);
    return { state: appeal.state, url: `${this.platform.config.publicUrl}/appeal/${secret}` };
  }

  @Mutation(() => AppealModel, {
    description:
      'Decides an open appeal. UPHELD: what was reported until now counts no more, the correction goes to every edge and member, and it counts against those who reported it',
  })
  @Allow('appeal:decide')
  async decideAppeal(
    @CurrentMember() reviewer: string,
    @Args('id', { type: () => ID }) id: string,
    @Args('outcome', { type: () => AppealOutcomeModel }) outcome: AppealOutcomeModel,
    @Args('reason', { type: () => String, description: 'for the appellant and the record; no names' })
    reason: string,
    @Args('version', { type: () => Int, description: 'of the appeal as you saw it' }) version: number,
  ): Promise<AppealModel> {
    if (outcome === 'released') {
      throw new AppealRefused('appeal-malformed', 'outcome: UPHELD or REJECTED');
    }
    const said = reason.trim();
    if (said === '' || said.length > MAX_REASON) {
      throw new AppealRefused('appeal-malformed', `reason: 1 to ${MAX_REASON} characters`);
    }
    const ruling = { outcome, reason: said, version, reviewer };
    const decided = await this.decisions.decide(readId(id), ruling, this.platform.now());
    void this.mail.tellOutcome(decided);
    return this.view.shown(decided, reviewer);
  }
}

function readId(id: string): string {
  if (UUID.test(id)) return id;
  throw new RequestRefused('request-malformed', 'id: not the id of an appeal');
}

function readCursor(after: string | undefined): { filedAt: Date; id: string } | undefined {
  if (after === undefined) return undefined;
  const [time = '', id = ''] = after.split(' ');
  const filedAt = new Date(time);
  if (UUID.test(id) && !Number.isNaN(filedAt.getTime())) return { filedAt, id };
  throw new RequestRefused('request-malformed', 'after: not a cursor of this list');
}
