import { Module } from '@nestjs/common';
import { EventSigner } from './event-signer.service.js';
import { EventStreamsService } from './event-streams.service.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { PushService } from './push/push.service.js';
import { StreamController } from './stream.controller.js';
import { StreamsResolver } from './streams.resolver.js';

@Module({
  controllers: [EventsController, StreamController],
  providers: [EventsService, EventSigner, EventStreamsService, PushService, StreamsResolver],
})
export class EventsModule {}
