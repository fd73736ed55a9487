import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { EventStream } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { EventMailArgs, EventStreamModel, RefusedEventModel, STREAM_STATUS } from './event-stream.model.js';
import { EventStreamsService } from './event-streams.service.js';

const toModel = (stream: EventStream): EventStreamModel => ({
  ...{ endpoint: stream.endpoint ?? null, hasAuthorization: stream.authorization !== undefined },
  ...{ status: stream.status, failures: stream.failures, nextAttemptAt: stream.nextAttemptAt ?? null },
  ...{ lastError: stream.lastError ?? null, mail: stream.mail ?? null },
});

@Resolver(() => EventStreamModel)
export class StreamsResolver {
  constructor(private readonly streams: EventStreamsService) {}

  @Query(() => EventStreamModel, { description: 'How you are told of events' })
  @Allow('event:receive')
  async eventStream(@CurrentMember() memberId: string): Promise<EventStreamModel> {
    return toModel(await this.streams.find(memberId));
  }

  @Query(() => [RefusedEventModel], { description: 'Events that your receiver could not use, oldest first' })
  @Allow('event:receive')
  async refusedEvents(@CurrentMember() memberId: string): Promise<RefusedEventModel[]> {
    return this.streams.refused(memberId);
  }

  @Mutation(() => EventStreamModel, {
    description: 'Has your events pushed to an https endpoint (RFC 8935); null: you poll them (RFC 8936)',
  })
  @Allow('event:receive')
  async setEventEndpoint(
    @CurrentMember() memberId: string,
    @Args('endpoint', { type: () => String, nullable: true }) endpoint?: string | null,
    @Args('authorization', {
      type: () => String,
      nullable: true,
      description: 'sent as Authorization header',
    })
    authorization?: string | null,
  ): Promise<EventStreamModel> {
    const receiver =
      endpoint === undefined || endpoint === null
        ? undefined
        : { endpoint, authorization: authorization ?? undefined };
    return toModel(await this.streams.setReceiver(memberId, receiver));
  }

  @Mutation(() => EventStreamModel, { description: 'Has events sent to your abuse desk by mail, gathered' })
  @Allow('event:receive')
  async setEventMail(
    @CurrentMember() memberId: string,
    @Args() { address, format, language }: EventMailArgs,
  ): Promise<EventStreamModel> {
    const mail = address === undefined || address === null ? undefined : { address, format, language };
    return toModel(await this.streams.setMail(memberId, mail));
  }

  @Mutation(() => EventStreamModel, {
    description: 'Holds pushes back, or goes on with them; nothing is lost',
  })
  @Allow('event:receive')
  async setEventStatus(
    @CurrentMember() memberId: string,
    @Args('status', { type: () => STREAM_STATUS }) status: 'enabled' | 'paused',
  ): Promise<EventStreamModel> {
    return toModel(await this.streams.setStatus(memberId, status));
  }

  @Mutation(() => EventStreamModel, {
    description: 'Sends a verification event with your own state, to see that your receiver is reached',
  })
  @Allow('event:receive')
  async verifyEventStream(
    @CurrentMember() memberId: string,
    @Args('state', { type: () => String }) state: string,
  ): Promise<EventStreamModel> {
    await this.streams.verify(memberId, state);
    return toModel(await this.streams.find(memberId));
  }

  @Mutation(() => EventStreamModel, { description: 'Pushes refusedEvents again' })
  @Allow('event:receive')
  async takeUpRefusedEvents(@CurrentMember() memberId: string): Promise<EventStreamModel> {
    return toModel(await this.streams.takeUp(memberId));
  }
}
