import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { BlurredCount } from '../graphql/blurred-count.scalar.js';
import { connectionOf, edgeOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';

@ObjectType('CampaignName', {
  description: 'A domain, host or network of a campaign that k members or more saw in it',
})
export class CampaignNameModel {
  @Field(() => SubjectText)
  subject!: string;

  @Field(() => BlurredCount, { description: 'members that saw it in this campaign' })
  memberCount!: number;

  @Field(() => Float, { description: 'a power of ten' })
  copiesAtLeast!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'percent of the copies with a verdict that passed authentication, to 10; null without verdicts',
  })
  passPercent!: number | null;
}

@ObjectType('SpreadPoint', { description: 'Ten minutes of the spread curve' })
export class SpreadPointModel {
  @Field(() => Date)
  at!: Date;

  @Field(() => BlurredCount, { description: 'members that saw copies' })
  memberCount!: number;

  @Field(() => Float, { nullable: true, description: 'a power of ten; null below k members' })
  copiesAtLeast!: number | null;
}

@ObjectType('Campaign', { description: 'Mail of one make over all members, with evidence that it does harm' })
export class CampaignModel {
  @Field(() => ID, {
    description: 'stays when the campaign grows; the id of one that was merged leads to this one',
  })
  id!: string;

  @Field(() => BlurredCount, { description: 'members that saw it' })
  memberCount!: number;

  @Field(() => Float, { nullable: true, description: 'a power of ten; null below k members' })
  copiesAtLeast!: number | null;

  @Field(() => Date, { description: 'to 10 minutes' })
  firstSeen!: Date;

  @Field(() => Date, { description: 'to 10 minutes' })
  lastSeen!: Date;

  @Field(() => Boolean, {
    description: 'seen by 3 members or more: its exact fingerprints are in the zone hash',
  })
  isConfirmed!: boolean;

  @Field(() => Date, {
    nullable: true,
    description: 'when the outbreak alarm was raised, to 10 minutes; null: it was not',
  })
  outbreakAt!: Date | null;

  @Field(() => [CampaignNameModel], { description: 'domains in From, most members first' })
  fromDomains!: CampaignNameModel[];

  @Field(() => [CampaignNameModel], { description: 'hosts that its links name' })
  linkedHosts!: CampaignNameModel[];

  @Field(() => [CampaignNameModel], { description: 'sending networks, /24 and /48' })
  networks!: CampaignNameModel[];

  @Field(() => [SpreadPointModel], { description: 'by 10 minutes, oldest first; empty below k members' })
  spread!: SpreadPointModel[];
}

@ObjectType()
export class CampaignEdge extends edgeOf(CampaignModel) {}

@ObjectType()
export class CampaignConnection extends connectionOf(CampaignEdge) {}

@ObjectType('BounceFlood', {
  description:
    'Bounces for mail that somebody else sent in the name of a domain of yours, over all members of the last 7 days',
})
export class BounceFloodModel {
  @Field(() => SubjectText)
  domain!: string;

  @Field(() => BlurredCount, { description: 'members that reported it' })
  memberCount!: number;

  @Field(() => Float, { nullable: true, description: 'a power of ten; null below k members' })
  copiesAtLeast!: number | null;

  @Field(() => Date)
  firstSeen!: Date;

  @Field(() => Date)
  lastSeen!: Date;

  @Field(() => [SpreadPointModel])
  spread!: SpreadPointModel[];
}

@ObjectType('DomainProof')
export class DomainProofModel {
  @Field(() => SubjectText)
  domain!: string;

  @Field(() => Boolean)
  isProven!: boolean;

  @Field(() => String, { description: 'the name of the TXT record that proves it' })
  recordName!: string;

  @Field(() => String, { description: 'what the record must say; a text of its own beside others is fine' })
  recordText!: string;

  @Field(() => Date, { nullable: true, description: 'when to prove it again; null: not proven' })
  expiresAt!: Date | null;
}
