import { Query, Resolver } from '@nestjs/graphql';
import { ZoneRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { Platform } from '../platform/platform.js';
import { LISTING_ZONES } from './listing-feed.service.js';
import { ListingActivityModel } from './models/listing-activity.model.js';

@Resolver()
export class ListingActivityResolver {
  constructor(
    private readonly platform: Platform,
    private readonly zones: ZoneRepository,
  ) {}

  @Query(() => [ListingActivityModel], { description: 'The last 24 hours, hour by hour, oldest first' })
  @Allow('listing:read')
  listingActivity(): Promise<ListingActivityModel[]> {
    return this.zones.activity(LISTING_ZONES, this.platform.now());
  }
}
