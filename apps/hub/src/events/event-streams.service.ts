import { Injectable } from '@nestjs/common';
import {
  EventStreamRepository,
  MemberEventRepository,
  type EventStream,
  type MailPreference,
} from '@sekisho/persistence';
import { z } from 'zod';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { readEndpoint } from './push/public-address.js';

/** A header's value: printable, on one line (RFC 9110 section 5.5). */
const AUTHORIZATION = /^[\x21-\x7e](?:[\x20-\x7e]{0,1998}[\x21-\x7e])?$/;
const MAX_ENDPOINT = 2_000;

export interface PushReceiver {
  readonly endpoint: string;
  readonly authorization: string | undefined;
}

/** How a member wants to be told; GraphQL and the stream configuration by HTTP are two ways to it. */
@Injectable()
export class EventStreamsService {
  constructor(
    private readonly platform: Platform,
    private readonly streams: EventStreamRepository,
    private readonly events: MemberEventRepository,
  ) {}

  find(memberId: string): Promise<EventStream> {
    return this.streams.find(memberId);
  }

  /** undefined: back to polling. @throws {EndpointRefused | RequestRefused} */
  async setReceiver(memberId: string, receiver: PushReceiver | undefined): Promise<EventStream> {
    if (receiver) {
      if (receiver.endpoint.length > MAX_ENDPOINT) throw malformed('endpoint: longer than 2,000 characters');
      readEndpoint(receiver.endpoint, { isLoopbackAllowed: this.platform.config.isDemo });
      if (receiver.authorization !== undefined && !AUTHORIZATION.test(receiver.authorization)) {
        throw malformed('authorization: not the value of a header. Example: Bearer 0a1b2c3d');
      }
    }
    return this.streams.setEndpoint(memberId, receiver, this.platform.now());
  }

  setStatus(memberId: string, status: EventStream['status']): Promise<EventStream> {
    return this.streams.setStatus(memberId, status, this.platform.now());
  }

  /** undefined: no mail. @throws {RequestRefused} */
  setMail(memberId: string, mail: MailPreference | undefined): Promise<EventStream> {
    if (mail && !z.email().max(254).safeParse(mail.address).success) {
      throw malformed('address: not a mail address. Example: abuse@isp-a.example');
    }
    return this.streams.setMail(memberId, mail, this.platform.now());
  }

  /** Sends an event that says nothing but that it arrived, with the receiver's own `state`. @throws {RequestRefused} */
  async verify(memberId: string, state: string): Promise<void> {
    if (state.length > 200) throw malformed('state: longer than 200 characters');
    await this.streams.verify(memberId, state, this.platform.now());
  }

  refused(memberId: string) {
    return this.events.refused(memberId, 100);
  }

  async takeUp(memberId: string): Promise<EventStream> {
    await this.events.takeUp(memberId);
    return this.find(memberId);
  }
}

const malformed = (message: string) => new RequestRefused('request-malformed', message);
