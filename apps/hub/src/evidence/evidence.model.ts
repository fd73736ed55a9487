import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { connectionOf, edgeOf } from '../graphql/connection.js';
import { SubjectText } from '../graphql/subject.scalar.js';

@ObjectType('PublicKeyJwk', { description: 'RFC 8037: an X25519 public key' })
export class PublicKeyJwkModel {
  @Field(() => String)
  kty!: string;

  @Field(() => String)
  crv!: string;

  @Field(() => String)
  x!: string;
}

@ObjectType('OwnerKey', {
  description: 'What evidence about an address is sealed to; it does not say whose it is',
})
export class OwnerKeyModel {
  @Field(() => ID, { description: 'RFC 7638 thumbprint' })
  kid!: string;

  @Field(() => PublicKeyJwkModel)
  jwk!: PublicKeyJwkModel;
}

@ObjectType('SealedEvidence', {
  description: 'Evidence about one of your own addresses; only your key opens it',
})
export class SealedEvidenceModel {
  @Field(() => ID)
  id!: string;

  @Field(() => SubjectText)
  subject!: string;

  @Field(() => String, { description: 'compact JWE' })
  sealed!: string;

  @Field(() => Date)
  receivedAt!: Date;
}

@ObjectType()
export class SealedEvidenceEdge extends edgeOf(SealedEvidenceModel) {}

@ObjectType()
export class SealedEvidenceConnection extends connectionOf(SealedEvidenceEdge) {}

/** A page is at most 1.6 MB. */
export const MAX_EVIDENCE_PAGE = 100;

@ArgsType()
export class EvidenceArgs {
  @Field(() => Int, { defaultValue: 50, description: `1 to ${MAX_EVIDENCE_PAGE}` })
  first!: number;

  @Field(() => String, { nullable: true, description: 'endCursor of the page before' })
  after?: string | null;
}
