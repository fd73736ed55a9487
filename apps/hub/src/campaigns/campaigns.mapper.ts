import type { BounceFlood, CampaignName, CampaignPicture, StoredCampaign } from '@sekisho/persistence';
import { bucketed, magnitude } from '../privacy/minimisation.js';
import type {
  BounceFloodModel,
  CampaignModel,
  CampaignNameModel,
  SpreadPointModel,
} from './campaign.model.js';

/** A campaign as any member may see it: nothing that fewer than k members said, and no exact number of copies. */
export function toCampaignModel(stored: StoredCampaign, k: number): CampaignModel {
  const { picture, memberCount } = stored;
  return {
    id: String(stored.id),
    memberCount,
    copiesAtLeast: memberCount < k ? null : magnitude(stored.copies),
    firstSeen: bucketed(stored.firstSeen),
    lastSeen: bucketed(stored.lastSeen),
    isConfirmed: stored.isConfirmed,
    outbreakAt: stored.outbreakAt ? bucketed(stored.outbreakAt) : null,
    fromDomains: namesOf(picture.domains, k),
    linkedHosts: namesOf(picture.hosts, k),
    networks: namesOf(picture.networks, k),
    spread: memberCount < k ? [] : spreadOf(picture.spread, k),
  };
}

export const toBounceFloodModel = (flood: BounceFlood, k: number): BounceFloodModel => ({
  domain: flood.domain,
  memberCount: flood.memberCount,
  copiesAtLeast: flood.memberCount < k ? null : magnitude(flood.copies),
  firstSeen: bucketed(flood.firstSeen),
  lastSeen: bucketed(flood.lastSeen),
  spread: flood.memberCount < k ? [] : spreadOf(flood.spread, k),
});

/** A name that fewer than k members saw could tell who they are. */
const namesOf = (names: readonly CampaignName[] | undefined, k: number): CampaignNameModel[] =>
  (names ?? [])
    .filter(({ members }) => members >= k)
    .map(({ name, members, copies, pass, fail }) => {
      const checked = (pass ?? 0) + (fail ?? 0);
      return {
        subject: name,
        memberCount: members,
        copiesAtLeast: magnitude(copies),
        passPercent: checked === 0 ? null : Math.round((10 * (pass ?? 0)) / checked) * 10,
      };
    });

const spreadOf = (spread: CampaignPicture['spread'] | undefined, k: number): SpreadPointModel[] =>
  (spread ?? []).map(({ at, members, copies }) => ({
    at: bucketed(new Date(at)),
    memberCount: members,
    copiesAtLeast: members < k ? null : magnitude(copies),
  }));
