import { Injectable } from '@nestjs/common';
import { MemberCostsRepository } from '@sekisho/persistence';
import { costPolicyOf, readCosts, type CostPolicy, type StatedCosts } from '@sekisho/policy';
import { Platform } from '../platform/platform.js';
import { Remembered } from '../platform/remembered.js';

/** A change that another process of the hub took holds here within this time. */
const REMEMBERED_MS = 10_000;

/** What outcomes cost each member. */
@Injectable()
export class MemberCosts {
  private readonly remembered = new Map<string, Remembered<CostPolicy | undefined>>();

  constructor(
    private readonly platform: Platform,
    private readonly repository: MemberCostsRepository,
  ) {}

  find(memberId: string): Promise<StatedCosts | undefined> {
    return this.repository.find(memberId);
  }

  /** @throws {CostsInvalid} and nothing is changed */
  async state(memberId: string, given: unknown): Promise<StatedCosts> {
    const costs = readCosts(given);
    await this.repository.state(memberId, costs, this.platform.now());
    this.remembered.delete(memberId);
    return costs;
  }

  async clear(memberId: string): Promise<void> {
    await this.repository.clear(memberId);
    this.remembered.delete(memberId);
  }

  /** By which a member is recommended something; the database is asked every ten seconds at most. */
  policyOf(memberId: string): Promise<CostPolicy | undefined> {
    let remembered = this.remembered.get(memberId);
    if (!remembered) {
      remembered = new Remembered(() => this.read(memberId), {
        forMs: REMEMBERED_MS,
        onError: (error) => {
          this.platform.logger.error({ err: error, memberId }, "a member's costs could not be read");
        },
      });
      this.remembered.set(memberId, remembered);
    }
    return remembered.at(this.platform.now());
  }

  private async read(memberId: string): Promise<CostPolicy | undefined> {
    const costs = await this.repository.find(memberId);
    return costs && costPolicyOf(costs);
  }
}
