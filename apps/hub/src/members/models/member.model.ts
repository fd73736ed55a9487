import { Field, Float, ID, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum MemberRoleModel {
  MEMBER = 'member',
  REVIEWER = 'reviewer',
}
registerEnumType(MemberRoleModel, { name: 'MemberRole' });

export enum MemberStatusModel {
  INVITED = 'invited',
  ACTIVE = 'active',
  SUSPENDED = 'suspended',
}
registerEnumType(MemberStatusModel, { name: 'MemberStatus' });

@ObjectType('Member', { description: 'An ISP of the federation, as every member may see it' })
export class MemberModel {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => MemberRoleModel)
  role!: MemberRoleModel;

  @Field(() => MemberStatusModel)
  status!: MemberStatusModel;

  @Field(() => [String], { description: 'CIDR blocks that the member owns' })
  networks!: string[];

  // RFC 6793: up to 4,294,967,295, which the Int of GraphQL cannot hold.
  @Field(() => [Float])
  asns!: number[];

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      "The label in front of a zone that lets this member's mail servers ask; shown to the member itself",
  })
  dnsKey?: string | undefined;
}

@ObjectType('DnsQueries', { description: 'DNS queries of one member over all edges; never what was asked' })
export class DnsQueriesModel {
  @Field(() => Float)
  answered!: number;

  @Field(() => Float, { description: 'Refused because the quota of that minute was used up' })
  refused!: number;
}
