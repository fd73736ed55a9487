import { fingerprintKey, fingerprintOf, fingerprintSubject, type FingerprintKey } from '@sekisho/campaign';
import type { EdgeAnswer } from '@sekisho/edge-client';
import { readMessage } from '@sekisho/evidence';
import type { UnknownReason } from '@sekisho/policy';
import { categoryName, decodeReturnCode, queryName } from '@sekisho/zone';
import { createHash } from 'node:crypto';

export type CampaignStanding =
  /** 0: of no campaign that is listed. */
  | { readonly kind: 'known'; readonly score: number }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

const CAMPAIGN = 'campaign-fingerprint';
const DAY_MS = 86_400_000;
const NONE: CampaignStanding = { kind: 'known', score: 0 };

/** Asks hash.Z whether a message is word for word one of a campaign. Only a keyed hash leaves this process. */
export class CampaignCheck {
  private readonly keys = new Map<string, FingerprintKey>();

  constructor(
    private readonly edge: { ask(name: string): Promise<EdgeAnswer> },
    private readonly options: {
      readonly apex: string;
      readonly keyLabel: string | undefined;
      readonly secret: Uint8Array;
    },
  ) {}

  /** Never rejects. */
  async standing(message: Uint8Array, nowMs: number): Promise<CampaignStanding> {
    const read = readMessage(message, {
      trusted: { networks: [], hosts: [] },
      sha256: (part) => new Uint8Array(createHash('sha256').update(part).digest()),
    });
    if ('skipped' in read) return NONE;
    // Reports of the last day of a month stay under its key; two questions only while they can matter.
    const months = new Set([nowMs, nowMs - DAY_MS].map((at) => new Date(at).toISOString().slice(0, 7)));
    const fingerprints = [...months].map((month) => fingerprintOf(read.message, this.keyOf(month)));
    if (fingerprints.some((one) => one.textDigest === undefined && one.attachmentsDigest === undefined))
      return NONE;
    const found = await Promise.all(fingerprints.map((one) => this.scoreOf(fingerprintSubject(one))));
    let score = 0;
    for (const one of found) {
      if (one.kind === 'unknown') return one;
      score = Math.max(score, one.score);
    }
    return { kind: 'known', score };
  }

  private async scoreOf(value: string): Promise<CampaignStanding> {
    const { apex, keyLabel } = this.options;
    const name = queryName({ type: 'fingerprint', value }, 'hash', apex);
    const [label = '', ...rest] = name.split('.');
    const answer = await this.edge.ask(
      [label, ...(keyLabel === undefined ? [] : [keyLabel]), ...rest].join('.'),
    );
    if (answer.kind === 'failed') return { kind: 'unknown', reason: answer.reason };
    let score = 0;
    for (const code of answer.codes) {
      const decoded = decodeReturnCode(code);
      if (decoded.kind !== 'listing') return { kind: 'unknown', reason: 'error-code' };
      if (categoryName(decoded.category) === CAMPAIGN) score = Math.max(score, decoded.score);
    }
    return { kind: 'known', score };
  }

  private keyOf(month: string): FingerprintKey {
    const known = this.keys.get(month) ?? fingerprintKey(this.options.secret, month);
    this.keys.set(month, known);
    return known;
  }
}
