// Stream configuration of the Shared Signals Framework 1.0 (sections 7 and 8): one stream for each member, which is there
// without being made and begins as a polled one.
import { Body, Controller, Delete, Get, Header, HttpCode, Post, Put } from '@nestjs/common';
import { VERIFICATION_EVENT, type EventStream } from '@sekisho/persistence';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { EventStreamsService } from './event-streams.service.js';

const PUSH = 'urn:ietf:rfc:8935';
const POLL = 'urn:ietf:rfc:8936';
const EVENTS = ['alert', 'action', 'correction'].map((name) => `urn:sekisho:event:${name}`);

const configurationSchema = z.object({
  delivery: z.discriminatedUnion('method', [
    z.object({
      method: z.literal(PUSH),
      endpoint_url: z.string(),
      authorization_header: z.string().optional(),
    }),
    z.object({ method: z.literal(POLL) }),
  ]),
});
const statusSchema = z.object({ status: z.enum(['enabled', 'paused']) });
const verificationSchema = z.object({ state: z.string().default('') });

@Controller()
export class StreamController {
  constructor(
    private readonly platform: Platform,
    private readonly streams: EventStreamsService,
  ) {}

  @Get('.well-known/ssf-configuration')
  @Allow('hub:describe')
  describe(): object {
    const { hubId } = this.platform;
    return {
      ...{ spec_version: '1_0', issuer: hubId, jwks_uri: `${hubId}/.well-known/jwks.json` },
      delivery_methods_supported: [PUSH, POLL],
      configuration_endpoint: `${hubId}/events/stream`,
      status_endpoint: `${hubId}/events/status`,
      verification_endpoint: `${hubId}/events/verification`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    };
  }

  @Get('events/stream')
  @Header('cache-control', 'no-store')
  @Allow('event:receive')
  async read(@CurrentMember() memberId: string): Promise<object> {
    return this.shown(await this.streams.find(memberId));
  }

  @Put('events/stream')
  @Header('cache-control', 'no-store')
  @Allow('event:receive')
  async replace(@CurrentMember() memberId: string, @Body() body: unknown): Promise<object> {
    const { delivery } = read(configurationSchema, body, `{"delivery":{"method":"${POLL}"}}`);
    const receiver =
      delivery.method === PUSH
        ? { endpoint: delivery.endpoint_url, authorization: delivery.authorization_header }
        : undefined;
    return this.shown(await this.streams.setReceiver(memberId, receiver));
  }

  /** Back to how it began. */
  @Delete('events/stream')
  @HttpCode(204)
  @Allow('event:receive')
  async reset(@CurrentMember() memberId: string): Promise<void> {
    await this.streams.setReceiver(memberId, undefined);
  }

  @Get('events/status')
  @Header('cache-control', 'no-store')
  @Allow('event:receive')
  async status(@CurrentMember() memberId: string): Promise<object> {
    return { stream_id: memberId, status: (await this.streams.find(memberId)).status };
  }

  @Post('events/status')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Allow('event:receive')
  async setStatus(@CurrentMember() memberId: string, @Body() body: unknown): Promise<object> {
    const { status } = read(statusSchema, body, '{"status":"paused"}');
    return { stream_id: memberId, status: (await this.streams.setStatus(memberId, status)).status };
  }

  @Post('events/verification')
  @HttpCode(204)
  @Allow('event:receive')
  async verify(@CurrentMember() memberId: string, @Body() body: unknown): Promise<void> {
    await this.streams.verify(memberId, read(verificationSchema, body, '{"state":"VGhpcyBpcw"}').state);
  }

  /** The password is not shown again. */
  private shown({ memberId, endpoint }: EventStream): object {
    const { hubId } = this.platform;
    return {
      ...{ stream_id: memberId, iss: hubId, aud: memberId },
      ...{ events_supported: [...EVENTS, VERIFICATION_EVENT], events_requested: EVENTS },
      events_delivered: EVENTS,
      delivery:
        endpoint === undefined
          ? { method: POLL, endpoint_url: `${hubId}/events` }
          : { method: PUSH, endpoint_url: endpoint },
    };
  }
}

/** @throws {RequestRefused} request-malformed */
function read<T>(schema: z.ZodType<T>, body: unknown, example: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.');
  throw new RequestRefused(
    'request-malformed',
    `${at === undefined || at === '' ? 'body' : at}: not as the Shared Signals Framework has it. Example: ${example}`,
  );
}
