import { Injectable } from '@nestjs/common';
import { MemberCosts } from '../costs/member-costs.service.js';
import { PublishedCurve } from '../quality/published-curve.service.js';
import type { Outlook } from './outlook.js';

/** Asked once for a request, however many subjects it is about; seldom is the database asked for it. */
@Injectable()
export class Outlooks {
  constructor(
    private readonly curve: PublishedCurve,
    private readonly costs: MemberCosts,
  ) {}

  async of(memberId: string | undefined): Promise<Outlook> {
    const curve = await this.curve.find();
    // Without a curve there is no probability, and then costs weigh nothing.
    const costs = curve && memberId !== undefined ? await this.costs.policyOf(memberId) : undefined;
    return { curve, costs };
  }
}
