import { Controller, Get, Header } from '@nestjs/common';
import { MAX_ENVELOPE_BYTES, MAX_REPORTS, reportJsonSchema } from '@sekisho/report';
import { ZONE_NAMES } from '@sekisho/zone';
import { Allow } from '../access/allow.decorator.js';
import { LogService } from '../log/log.service.js';
import { MemberRegister } from '../members/member-register.service.js';
import { OprfService } from '../oprf/oprf.service.js';
import { Platform } from '../platform/platform.js';

@Controller()
export class DiscoveryController {
  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
    private readonly log: LogService,
    private readonly oprf: OprfService,
  ) {}

  @Get('.well-known/sekisho')
  @Allow('hub:describe')
  async describe() {
    const { hubId, config } = this.platform;
    return {
      hub: hubId,
      isDemo: config.isDemo,
      endpoints: {
        reports: `${hubId}/reports`,
        token: `${hubId}/oauth/token`,
        graphql: `${hubId}/graphql`,
        enrolment: `${hubId}/enrolments`,
        keys: `${hubId}/keys`,
        jwks: `${hubId}/.well-known/jwks.json`,
        schema: `${hubId}/schema/report.json`,
        events: `${hubId}/events`,
        log: `${hubId}/log`,
        evaluate: `${hubId}/oprf/evaluate`,
        statements: `${hubId}/oprf/statements`,
      },
      log: { origin: this.log.origin, key: this.log.verifierKey, witnesses: this.log.witnesses },
      oprf: await this.oprf.publish(),
      ...(config.trusteeUrl !== undefined && { trustee: config.trusteeUrl }),
      zone: { apex: config.zone, names: ZONE_NAMES },
      limits: { reportsPerEnvelope: MAX_REPORTS, envelopeBytes: MAX_ENVELOPE_BYTES },
    };
  }

  /** The hub's key, which signs access tokens, and the valid public keys of all active members. */
  @Get('.well-known/jwks.json')
  @Header('content-type', 'application/jwk-set+json')
  @Header('cache-control', 'public, max-age=60')
  @Allow('hub:describe')
  keys() {
    const members = this.register.keys().map(({ jwk, memberId }) => ({ ...jwk, 'sekisho:member': memberId }));
    return { keys: [{ ...this.platform.hubKey.publicJwk, 'sekisho:hub': this.platform.hubId }, ...members] };
  }

  @Get('schema/report.json')
  @Header('content-type', 'application/schema+json')
  @Header('cache-control', 'public, max-age=3600')
  @Allow('hub:describe')
  schema() {
    return reportJsonSchema(`${this.platform.hubId}/schema/report.json`);
  }
}
