import { Args, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { MemberRegister } from './member-register.service.js';
import { toMemberModel } from './members.mapper.js';
import { MemberModel } from './models/member.model.js';
import { MemberConnection } from './models/member.connection.js';
import { ConnectionArgs, readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';

@Resolver(() => MemberModel)
export class MembersResolver {
  constructor(private readonly register: MemberRegister) {}

  @Query(() => MemberModel, { description: 'The member that asks' })
  @Allow('member:read-own')
  me(@CurrentMember() memberId: string): MemberModel {
    const found = this.register.find(memberId);
    if (!found) throw new Error('a member with a valid token is not in the register');
    return toMemberModel(found.member);
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
