import { ArgsType, Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Port25 } from '@sekisho/persistence';

export const PORT25: Readonly<Record<string, Port25>> = {
  ...{ BLOCKED: 'blocked', OPEN: 'open', UNKNOWN: 'unknown' },
};
registerEnumType(PORT25, {
  name: 'Port25',
  description: 'Whether mail can leave the range on port 25 (OP25B)',
});

@ObjectType({ description: 'A network that you say is yours; the operator decides' })
export class NetworkClaimModel {
  @Field(() => String)
  network!: string;

  @Field(() => String, { description: 'claimed, approved or refused' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'why it was refused' })
  reason!: string | null;

  @Field(() => Date)
  claimedAt!: Date;

  @Field(() => Date, { nullable: true })
  decidedAt!: Date | null;
}

@ObjectType({ description: 'Addresses that you hand out dynamically: no mail straight to MX' })
export class DeclaredRangeModel {
  @Field(() => String)
  network!: string;

  @Field(() => [String], { description: 'networks in it that are not dynamic' })
  exceptions!: readonly string[];

  @Field(() => PORT25)
  port25!: Port25;

  @Field(() => Date)
  declaredAt!: Date;
}

@ArgsType()
export class DeclareRangeArgs {
  @Field(() => String, { description: 'inside a network that is yours' })
  network!: string;

  @Field(() => [String], { defaultValue: [], description: 'addresses or networks in it, at most 500' })
  exceptions!: string[];

  @Field(() => PORT25, { defaultValue: 'unknown' })
  port25!: Port25;
}
