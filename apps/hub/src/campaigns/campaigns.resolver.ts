import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { CampaignRepository } from '@sekisho/persistence';
import type { Subject } from '@sekisho/subject';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember, StillWelcome, type Welcome } from '../access/request.js';
import { ConnectionArgs, readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { CampaignFeed } from './campaign-feed.service.js';
import { BounceFloodModel, CampaignConnection, CampaignModel, DomainProofModel } from './campaign.model.js';
import { toBounceFloodModel, toCampaignModel } from './campaigns.mapper.js';
import { DomainProofService } from './domain-proof.service.js';

const FLOOD_WINDOW_MS = 7 * 86_400_000;
/** Campaigns have pictures: a page of them is smaller than others. */
const MAX_CAMPAIGNS = 100;

@Resolver(() => CampaignModel)
export class CampaignsResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: CampaignRepository,
    private readonly feed: CampaignFeed,
    private readonly proofs: DomainProofService,
  ) {}

  @Query(() => CampaignConnection, {
    description: `Campaigns of abuse, the newest first; at most ${MAX_CAMPAIGNS} at once`,
  })
  @Allow('campaign:read')
  async campaigns(@Args() args: ConnectionArgs): Promise<CampaignConnection> {
    const { first, after } = readPage(args, MAX_CAMPAIGNS);
    const before = after === undefined ? undefined : readId(after);
    const rows = await this.repository.list({ first, before });
    return pageOf(
      rows.map((row) => this.shown(row)),
      first,
      ({ id }) => id,
    );
  }

  @Query(() => CampaignModel, {
    nullable: true,
    description: 'null when there is none, or no evidence that it does harm',
  })
  @Allow('campaign:read')
  async campaign(@Args('id', { type: () => ID }) id: string): Promise<CampaignModel | null> {
    const stored = await this.repository.find(readId(id));
    return stored ? this.shown(stored) : null;
  }

  @Subscription(() => CampaignModel, {
    description:
      'A campaign that begins, grows or is confirmed, and the outbreak alarm when `outbreakAt` is set',
    resolve: (model: CampaignModel) => model,
  })
  @Allow('campaign:read')
  campaignChanged(@StillWelcome() isWelcome: Welcome): AsyncIterableIterator<CampaignModel> {
    return this.feed.subscribe(isWelcome);
  }

  @Query(() => [BounceFloodModel], { description: 'What falls on domains that you proved to be yours' })
  @Allow('domain:prove')
  async bounceFloods(@CurrentMember() memberId: string): Promise<BounceFloodModel[]> {
    const now = this.platform.now();
    const since = new Date(now.getTime() - FLOOD_WINDOW_MS);
    const floods = await this.repository.floodsOf(memberId, since, now);
    return floods.map((flood) => toBounceFloodModel(flood, this.platform.config.privacyK));
  }

  @Mutation(() => DomainProofModel, {
    description: 'Looks for the TXT record that proves a domain to be yours; the answer says what it must be',
  })
  @Allow('domain:prove')
  async proveDomain(
    @CurrentMember() memberId: string,
    @Args('domain', { type: () => SubjectText }) { type, value }: Subject,
  ): Promise<DomainProofModel> {
    if (type !== 'domain') throw new RequestRefused('request-malformed', 'domain: not a domain name');
    return this.proofs.prove(memberId, value);
  }

  private shown = (stored: Parameters<typeof toCampaignModel>[0]): CampaignModel =>
    toCampaignModel(stored, this.platform.config.privacyK);
}

function readId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RequestRefused('request-malformed', 'id: not the id of a campaign');
  return Number(text);
}
