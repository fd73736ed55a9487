import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { DnsAccessRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { MemberRegister } from './member-register.service.js';
import { toMemberModel } from './members.mapper.js';
import { Platform } from '../platform/platform.js';
import { DnsQueriesModel, MemberModel } from './models/member.model.js';
import { MemberConnection } from './models/member.connection.js';
import { ConnectionArgs, readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';

@Resolver(() => MemberModel)
export class MembersResolver {
  constructor(
    private readonly register: MemberRegister,
    private readonly dnsAccess: DnsAccessRepository,
    private readonly platform: Platform,
  ) {}

  @Query(() => MemberModel, { description: 'The member that asks' })
  @Allow('member:read-own')
  async me(@CurrentMember() memberId: string): Promise<MemberModel> {
    const found = this.register.find(memberId);
    if (!found) throw new Error('a member with a valid token is not in the register');
    return Object.assign(toMemberModel(found.member), { dnsKey: await this.dnsAccess.keyOf(memberId) });
  }

  @Query(() => DnsQueriesModel, { description: 'What the member asked the DNS edges in the last minutes' })
  @Allow('member:read-own')
  dnsQueries(
    @CurrentMember() memberId: string,
    @Args('minutes', { type: () => Int, defaultValue: 1_440 }) minutes: number,
  ): Promise<DnsQueriesModel> {
    return this.dnsAccess.totals(memberId, new Date(this.platform.now().getTime() - minutes * 60_000));
  }

  @Mutation(() => String, { description: "Replaces the member's DNS key; the old one stops working at once" })
  @Allow('dns-key:rotate')
  rotateDnsKey(@CurrentMember() memberId: string): Promise<string> {
    return this.dnsAccess.rotate(memberId);
  }

  @Query(() => MemberConnection, { description: 'The members of the federation, by id' })
  @Allow('member:list')
  members(@Args() args: ConnectionArgs): MemberConnection {
    const { after, first } = readPage(args);
    const rest = this.register
      .all()
      .map(toMemberModel)
      .filter(({ id }) => after === undefined || id > after);
    return pageOf(rest.slice(0, first + 1), first, ({ id }) => id);
  }
}
