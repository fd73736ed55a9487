import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { rolesInvitedBy, rolesRemovedBy, type PersonRole } from '@sekisho/access';
import type { Caller } from '@sekisho/auth';
import {
  InvitationRepository,
  PersonChangeRefused,
  PersonRepository,
  type Person,
} from '@sekisho/persistence';
import { z } from 'zod';
import { AccessDenied } from '../access/errors.js';
import { Allow } from '../access/allow.decorator.js';
import { CurrentCaller } from '../access/request.js';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { personName } from './person-name.js';
import { InvitationModel, PersonModel, PersonRoleModel } from './person.model.js';

const uuid = z.uuid();

@Resolver(() => PersonModel)
export class PeopleResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: PersonRepository,
    private readonly invitations: InvitationRepository,
    private readonly register: MemberRegister,
  ) {}

  @Query(() => [PersonModel], { description: "An officer's own member; for the operator, everybody" })
  @Allow('person:list')
  async people(@CurrentCaller() { memberId }: Caller): Promise<PersonModel[]> {
    return (await this.repository.list(memberId)).map(toPersonModel);
  }

  @Mutation(() => InvitationModel, { description: 'Officers invite to their own member' })
  @Allow('person:invite')
  async invitePerson(
    @CurrentCaller() caller: Caller,
    @Args('name', { type: () => String }) name: string,
    @Args('role', { type: () => PersonRoleModel }) role: PersonRoleModel,
    @Args('memberId', { type: () => ID, nullable: true, description: 'For the operator: which member' })
    asked: string | null | undefined,
  ): Promise<InvitationModel> {
    const parsed = personName.safeParse(name);
    if (!parsed.success) throw new RequestRefused('request-malformed', 'name: 1 to 100 characters, one line');
    if (!rolesInvitedBy(caller.role).includes(role)) {
      throw new AccessDenied('access-denied', `the role ${caller.role} may not invite ${role}`);
    }
    const member = caller.memberId ?? asked ?? undefined;
    if ((asked ?? member) !== member) {
      throw new AccessDenied('access-denied', 'people are invited to your own member only');
    }
    if (member === undefined || !this.register.find(member)) {
      throw new RequestRefused('request-malformed', 'memberId: not the id of a member');
    }
    const { code, personId, expiresAt } = await this.invitations.put(
      { memberId: member, name: parsed.data, role },
      this.platform.now(),
    );
    const link = `${this.platform.config.publicUrl}/console/invitation?code=${code}`;
    return { code, personId, expiresAt, link };
  }

  @Mutation(() => ID, {
    description: 'Ends every session of a person, and forgets name and passkeys; or takes an invitation back',
  })
  @Allow('person:remove')
  async removePerson(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<string> {
    const found = uuid.safeParse(id).success ? await this.repository.standingOf(id) : undefined;
    // Those of other members are as unknown as those who do not exist.
    const isOwn = found && (caller.memberId === undefined || found.memberId === caller.memberId);
    if (!isOwn) throw new PersonChangeRefused('person-unknown', `no person ${id}`);
    if (!rolesRemovedBy(caller.role).includes(found.role)) {
      throw new AccessDenied('access-denied', `the role ${caller.role} may not remove ${found.role}`);
    }
    await this.repository.remove(id);
    return id;
  }
}

const ROLE: Readonly<Record<PersonRole, PersonRoleModel>> = {
  'abuse-desk': PersonRoleModel.ABUSE_DESK,
  'mail-operator': PersonRoleModel.MAIL_OPERATOR,
  reviewer: PersonRoleModel.REVIEWER,
  officer: PersonRoleModel.OFFICER,
  operator: PersonRoleModel.OPERATOR,
};

const toPersonModel = ({ id, name, role, memberId, createdAt, lastSeenAt }: Person): PersonModel => ({
  ...{ id, name, createdAt, lastSeenAt },
  role: ROLE[role],
  memberId: memberId ?? null,
});
