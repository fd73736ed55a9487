// Poll-based delivery of Security Event Tokens: RFC 8936.
import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { RequestRefused } from '../problems/errors.js';
import { EventsService, MAX_EVENTS, type Polled } from './events.service.js';

/** Two answers' worth, so that a receiver can catch up with its acknowledgements. */
const MAX_ACKNOWLEDGED = 2 * MAX_EVENTS;

const jti = z.uuid();
/** Members that are not known are ignored (section 2.2). */
const pollSchema = z.object({
  maxEvents: z.int().min(0).default(MAX_EVENTS),
  returnImmediately: z.boolean().default(false),
  ack: z.array(jti).max(MAX_ACKNOWLEDGED).default([]),
  setErrs: z.record(jti, z.object({ err: z.string().max(100) })).default({}),
});

@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('event:receive')
  poll(@CurrentMember() memberId: string, @Body() body: unknown): Promise<Polled> {
    const parsed = pollSchema.safeParse(body);
    if (!parsed.success) {
      const at = parsed.error.issues[0]?.path.join('.');
      throw new RequestRefused(
        'request-malformed',
        `${at === undefined || at === '' ? 'body' : at}: not as RFC 8936 has it. Example: {"maxEvents":100,"ack":[]}`,
      );
    }
    return this.events.poll(memberId, parsed.data);
  }
}
