import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';

export enum PersonRoleModel {
  ABUSE_DESK = 'abuse-desk',
  MAIL_OPERATOR = 'mail-operator',
  REVIEWER = 'reviewer',
  OFFICER = 'officer',
  OPERATOR = 'operator',
}
registerEnumType(PersonRoleModel, { name: 'PersonRole' });

@ObjectType('Person', { description: 'Somebody who signs in for a member or for the operator' })
export class PersonModel {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => PersonRoleModel)
  role!: PersonRoleModel;

  @Field(() => ID, { nullable: true, description: 'null for people of the operator' })
  memberId!: string | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { description: 'When the person last signed in' })
  lastSeenAt!: Date;
}

@ObjectType('Invitation', { description: 'To be handed to the person; it is told once and works once' })
export class InvitationModel {
  @Field(() => ID, { description: 'The id that the person will have' })
  personId!: string;

  @Field(() => String)
  code!: string;

  @Field(() => String, { description: 'Where the person makes a passkey' })
  link!: string;

  @Field(() => Date)
  expiresAt!: Date;
}
