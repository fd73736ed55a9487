import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { CalibrationRepository, type Calibration } from '@sekisho/persistence';
import { REPORT_OUTCOME } from '@sekisho/reputation';
import { AccessDenied } from '../access/errors.js';
import { Allow } from '../access/allow.decorator.js';
import { CallingMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { CalibrationModel } from './calibration.model.js';

const DAY_MS = 86_400_000;

/** What became of a member's reports: told to that member, and to the operator, who decides about members. */
@Resolver()
export class CalibrationResolver {
  constructor(
    private readonly platform: Platform,
    private readonly repository: CalibrationRepository,
  ) {}

  @Query(() => CalibrationModel, {
    description: 'What became of your reports. The operator says of which member.',
  })
  @Allow('calibration:read')
  async calibration(
    @CallingMember() own: string | undefined,
    @Args('memberId', { type: () => ID, nullable: true }) asked: string | null | undefined,
  ): Promise<CalibrationModel> {
    if (own !== undefined && typeof asked === 'string' && asked !== own)
      throw new AccessDenied('access-denied', 'a member is told of its own reports alone');
    const memberId = own ?? asked ?? undefined;
    const calibration =
      memberId === undefined ? undefined : await this.repository.ofMember(memberId, this.platform.now());
    if (!calibration) {
      throw new RequestRefused('request-malformed', 'memberId must be the id of a member. Example: isp-a');
    }
    return toModel(calibration);
  }
}

const toModel = ({ asOf, channels, reason, newUntil, repeats, ...trust }: Calibration): CalibrationModel => ({
  ...{ asOf: asOf ?? null, days: REPORT_OUTCOME.windowMs / DAY_MS },
  trust: { ...trust, reason: reason ?? null, newUntil: newUntil ?? null, repeats: repeats ?? null },
  channels: channels.map(({ category, evidence, confirmation, ...counts }) => ({
    ...counts,
    ...{ category: category ?? null, evidence: evidence ?? null, confirmation: confirmation ?? null },
  })),
});
