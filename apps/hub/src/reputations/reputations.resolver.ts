import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { StoredReputation } from '@sekisho/persistence';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember, StillWelcome, type Welcome } from '../access/request.js';
import { ConnectionArgs, readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';
import { ReputationReads } from '../platform/reputation-reads.service.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import { RequestRefused } from '../problems/errors.js';
import { ListingFeed } from './listing-feed.service.js';
import { ReputationConnection, ReputationModel, SubjectTypeModel } from './models/reputation.model.js';
import type { Outlook } from './outlook.js';
import { Outlooks } from './outlook.service.js';
import { PastReputations } from './past-reputations.service.js';
import { toReputationModel } from './reputations.mapper.js';

const MAX_SUBJECTS = 1_000;

@Resolver(() => ReputationModel)
export class ReputationsResolver {
  constructor(
    private readonly reads: ReputationReads,
    private readonly feed: ListingFeed,
    private readonly past: PastReputations,
    private readonly owners: OwnerView,
    private readonly outlooks: Outlooks,
  ) {}

  @Query(() => ReputationModel, { nullable: true, description: 'null when nothing was reported' })
  @Allow('reputation:read')
  async reputation(
    @CallingMember() memberId: string | undefined,
    @Args('subject', { type: () => SubjectText }) subject: Subject,
    @Args('asOf', {
      type: () => Date,
      nullable: true,
      description:
        "as of this moment, to 10 minutes, by today's model and from the subject's own reports; within 60 days",
    })
    asOf?: Date | null,
  ): Promise<ReputationModel | null> {
    const stored = asOf
      ? await this.past.find(subject, asOf)
      : (await this.reads.for(memberId).find([subject])).get(formatSubject(subject));
    return stored ? this.shown(stored, memberId, await this.outlooks.of(memberId)) : null;
  }

  @Query(() => [ReputationModel], {
    nullable: 'items',
    description: `Up to ${MAX_SUBJECTS} subjects at once; the answers in the order of the subjects`,
  })
  @Allow('reputation:read')
  async reputations(
    @CallingMember() memberId: string | undefined,
    @Args('subjects', { type: () => [SubjectText] }) subjects: Subject[],
  ): Promise<(ReputationModel | null)[]> {
    if (subjects.length === 0 || subjects.length > MAX_SUBJECTS) {
      throw new RequestRefused('too-many-subjects', `subjects: 1 to ${MAX_SUBJECTS}, not ${subjects.length}`);
    }
    const found = await this.reads.for(memberId).find(subjects);
    const outlook = await this.outlooks.of(memberId);
    return subjects.map((subject) => {
      const stored = found.get(formatSubject(subject));
      return stored ? this.shown(stored, memberId, outlook) : null;
    });
  }

  @Query(() => ReputationConnection, { description: 'What is listed now' })
  @Allow('listing:read')
  async listings(
    @CallingMember() memberId: string | undefined,
    @Args() args: ConnectionArgs,
    @Args('type', { type: () => SubjectTypeModel, nullable: true }) type?: SubjectTypeModel,
  ): Promise<ReputationConnection> {
    const { first, after } = readPage(args);
    const rows = await this.reads.for(memberId).listings({
      first,
      type: type ?? undefined,
      after: after === undefined ? undefined : readSubject(after),
    });
    const outlook = await this.outlooks.of(memberId);
    const models = rows.map((row) => this.shown(row, memberId, outlook));
    return pageOf(models, first, ({ subject }) => subject);
  }

  /** An address that has the reputation of a network around it is shown as that network is. */
  private shown(stored: StoredReputation, memberId: string | undefined, outlook: Outlook): ReputationModel {
    const subject = readSubject(stored.viaNetwork ?? stored.subject);
    return toReputationModel(stored, this.owners.of(memberId, subject), outlook);
  }

  @Subscription(() => ReputationModel, {
    description: 'The new reputation of every subject whose listing begins, changes or ends',
    resolve: (model: ReputationModel) => model,
  })
  @Allow('listing:read')
  listingChanged(
    @StillWelcome() isWelcome: Welcome,
    @CallingMember() memberId: string | undefined,
  ): AsyncIterableIterator<ReputationModel> {
    return this.feed.subscribe(isWelcome, memberId);
  }
}
