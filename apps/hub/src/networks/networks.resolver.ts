import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { DeclaredRangeRepository, NetworkClaimRepository } from '@sekisho/persistence';
import { isReserved, parseNetwork } from '@sekisho/subject';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { DeclaredRangeModel, DeclareRangeArgs, NetworkClaimModel } from './network.model.js';

/** Each may cost as many entries of the zone as there are bits between the two prefixes. */
const MAX_EXCEPTIONS = 500;

@Resolver()
export class NetworksResolver {
  constructor(
    private readonly platform: Platform,
    private readonly ranges: DeclaredRangeRepository,
    private readonly claims: NetworkClaimRepository,
  ) {}

  @Query(() => [NetworkClaimModel], { description: 'Networks that you said are yours' })
  @Allow('network:declare')
  async networkClaims(@CurrentMember() memberId: string): Promise<NetworkClaimModel[]> {
    return this.claims.ofMember(memberId);
  }

  @Query(() => [DeclaredRangeModel], { description: 'Ranges that you declared dynamic' })
  @Allow('network:declare')
  async declaredRanges(@CurrentMember() memberId: string): Promise<DeclaredRangeModel[]> {
    return this.ranges.list(memberId);
  }

  @Mutation(() => NetworkClaimModel, { description: 'Says that a network is yours; the operator decides' })
  @Allow('network:declare')
  async claimNetwork(
    @CurrentMember() memberId: string,
    @Args('network', { type: () => String }) network: string,
  ): Promise<NetworkClaimModel> {
    if (!this.platform.config.isDemo && isReserved(parseNetwork(network))) {
      throw new RequestRefused(
        'request-malformed',
        'network: private or reserved: nothing on the Internet sends from it',
      );
    }
    return this.claims.claim(memberId, network, this.platform.now());
  }

  @Mutation(() => DeclaredRangeModel, {
    description:
      'Declares a range of your own dynamic; in policy.Z within a second. Declaring it again replaces it',
  })
  @Allow('network:declare')
  async declareRange(
    @CurrentMember() memberId: string,
    @Args() args: DeclareRangeArgs,
  ): Promise<DeclaredRangeModel> {
    if (args.exceptions.length > MAX_EXCEPTIONS) {
      throw new RequestRefused('request-malformed', `exceptions: more than ${MAX_EXCEPTIONS}`);
    }
    return this.ranges.declare(memberId, args, this.platform.now());
  }

  @Mutation(() => Boolean, { description: 'Takes a declared range out of policy.Z' })
  @Allow('network:declare')
  async withdrawRange(
    @CurrentMember() memberId: string,
    @Args('network', { type: () => String }) network: string,
  ): Promise<boolean> {
    await this.ranges.withdraw(memberId, network, this.platform.now());
    return true;
  }
}
