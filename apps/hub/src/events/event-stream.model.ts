import type { MailFormat, MailLanguage } from '@sekisho/persistence';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

export const STREAM_STATUS = { ENABLED: 'enabled', PAUSED: 'paused' } as const;
registerEnumType(STREAM_STATUS, { name: 'EventStreamStatus', description: 'PAUSED: events wait' });

export const MAIL_FORMAT: Readonly<Record<string, MailFormat>> = { ARF: 'arf', XARF: 'xarf' };
registerEnumType(MAIL_FORMAT, { name: 'MailFormat', description: 'RFC 5965, or X-ARF v4' });

export const MAIL_LANGUAGE: Readonly<Record<string, MailLanguage>> = { EN: 'en', JA: 'ja' };
registerEnumType(MAIL_LANGUAGE, { name: 'MailLanguage' });

@ObjectType()
export class EventMailModel {
  @Field(() => String)
  address!: string;

  @Field(() => MAIL_FORMAT)
  format!: MailFormat;

  @Field(() => MAIL_LANGUAGE)
  language!: MailLanguage;
}

@ObjectType({ description: 'An event that your receiver could not use; it waits until it is taken up again' })
export class RefusedEventModel {
  @Field(() => ID)
  jti!: string;

  @Field(() => String)
  type!: string;

  @Field(() => String, { description: 'what your receiver answered' })
  refused!: string;

  @Field(() => Date)
  madeAt!: Date;
}

@ObjectType({ description: 'How you are told of events' })
export class EventStreamModel {
  @Field(() => String, { nullable: true, description: 'where they are pushed to; null: you poll /events' })
  endpoint!: string | null;

  @Field(() => Boolean, { description: 'whether an Authorization header is sent; it is never shown' })
  hasAuthorization!: boolean;

  @Field(() => STREAM_STATUS)
  status!: 'enabled' | 'paused';

  @Field(() => Int, { description: 'pushes that failed since the last that did not' })
  failures!: number;

  @Field(() => Date, { nullable: true, description: 'when the next push is tried, after a failure' })
  nextAttemptAt!: Date | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;

  @Field(() => EventMailModel, { nullable: true, description: 'null: no mail' })
  mail!: EventMailModel | null;
}

@ArgsType()
export class EventMailArgs {
  @Field(() => String, { nullable: true, description: 'of your abuse desk; null: no mail' })
  address?: string | null;

  @Field(() => MAIL_FORMAT, { defaultValue: 'arf' })
  format!: MailFormat;

  @Field(() => MAIL_LANGUAGE, { defaultValue: 'en' })
  language!: MailLanguage;
}
