import { Injectable } from '@nestjs/common';
import { CampaignRepository } from '@sekisho/persistence';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import type { DomainProofModel } from './campaign.model.js';
import { TxtResolver } from './txt-resolver.js';

/** A domain changes hands: its owner says so again after this time. */
const PROOF_MS = 90 * 86_400_000;
/** One look-up of a member at a time, and one in this time: the hub asks names that members choose. */
const PAUSE_MS = 2_000;

/**
 * Proof of a domain by a TXT record that names the member. Only who controls the domain can write it, and it names nobody
 * else, so it needs no secret and can stay.
 */
@Injectable()
export class DomainProofService {
  private readonly askedAt = new Map<string, number>();

  constructor(
    private readonly platform: Platform,
    private readonly campaigns: CampaignRepository,
    private readonly resolver: TxtResolver,
  ) {}

  /** Looks for the record and keeps what was found, also that a proof is gone. @throws {RequestRefused} too-many-requests, hub-busy */
  async prove(memberId: string, domain: string): Promise<DomainProofModel> {
    const now = this.platform.now();
    if (now.getTime() - (this.askedAt.get(memberId) ?? -Infinity) < PAUSE_MS) {
      throw new RequestRefused('too-many-requests', 'one domain in two seconds', PAUSE_MS / 1_000);
    }
    this.askedAt.set(memberId, now.getTime());
    const recordName = `_sekisho.${domain}`;
    const recordText = `sekisho-member=${memberId}`;
    const isProven = (await this.textsOf(recordName)).some((text) => text.trim() === recordText);
    const expiresAt = isProven ? new Date(now.getTime() + PROOF_MS) : null;
    if (expiresAt) await this.campaigns.proveDomain(domain, memberId, now, expiresAt);
    else await this.campaigns.withdrawProof(domain, memberId);
    return { domain, isProven, recordName, recordText, expiresAt };
  }

  /** A DNS that does not answer proves nothing and disproves nothing. */
  private async textsOf(name: string): Promise<readonly string[]> {
    try {
      return await this.resolver.texts(name);
    } catch (error) {
      this.platform.logger.info({ err: error }, 'a TXT record could not be asked for');
      throw new RequestRefused('hub-busy', `the DNS gave no answer about ${name}; try again later`, 30);
    }
  }
}
