// Every subscription of the hub, and what makes it speak.
import type { Operation } from '@sekisho/access';
import { WorkingGroup } from '@sekisho/client';
import { reportOf, type FederationMember } from '@sekisho/testing';
import { FINGERPRINT } from './access-callers.js';
import { openAppeal } from './appeals.js';

/** Owner and reviewer own 198.18.0.0/16 and 198.19.0.0/16. */
export interface ProbeScene {
  readonly owner: FederationMember;
  readonly reviewer: FederationMember;
  readonly other: FederationMember;
  readonly databaseUrl: string;
}

export interface SubscriptionProbe {
  readonly operation: Operation;
  readonly handler: string;
  readonly field: string;
  readonly query: string;
  /** Makes it speak, every time anew. */
  readonly cause: (scene: ProbeScene, host: number) => Promise<unknown>;
}

/** Have a test of their own, because a subscription that is allowed answers nothing at first. */
export const SUBSCRIPTIONS: readonly SubscriptionProbe[] = [
  {
    ...{ operation: 'listing:read', handler: 'ReputationsResolver.listingChanged' },
    ...{ field: 'listingChanged', query: 'subscription { listingChanged { subject } }' },
    // The owner alone lists its own address: something changes until everybody has heard or was refused.
    cause: ({ owner }, host) => owner.submit(reportOf(`198.18.0.${host}`, { evidence: 'owner' })),
  },
  {
    ...{ operation: 'alert:answer', handler: 'AlertsResolver.alertRaised' },
    ...{ field: 'alertRaised', query: 'subscription { alertRaised { change } }' },
    // Each allowed caller hears of its own alone, so each owns something that becomes suspect.
    cause: ({ owner, reviewer, other }, host) =>
      Promise.all(
        [owner, reviewer].flatMap((_member, i) =>
          [other, i === 0 ? reviewer : owner].map((reporter) =>
            reporter.submit(reportOf(`198.${i === 0 ? 18 : 19}.1.${host}`)),
          ),
        ),
      ),
  },
  {
    ...{ operation: 'campaign:read', handler: 'CampaignsResolver.campaignChanged' },
    ...{ field: 'campaignChanged', query: 'subscription { campaignChanged { id } }' },
    cause: ({ owner, reviewer }, host) =>
      Promise.all(
        [owner, reviewer].map((member) =>
          member.submit(reportOf(`203.0.113.${host}`, { fingerprint: FINGERPRINT })),
        ),
      ),
  },
  {
    ...{ operation: 'action:read', handler: 'ActionsResolver.actionChanged' },
    ...{ field: 'actionChanged', query: 'subscription { actionChanged { id } }' },
    cause: async ({ owner }, host) => {
      const group = new WorkingGroup(await owner.session());
      await group.acceptConduct((await group.conduct()).version);
      const input = { kind: 'JOINT_THROTTLE', title: 'x', reason: 'x', subjects: [`203.0.113.${host}`] };
      await group.command('propose', { input });
    },
  },
  {
    ...{ operation: 'appeal:review', handler: 'AppealsResolver.appealChanged' },
    ...{ field: 'appealChanged', query: 'subscription { appealChanged { id } }' },
    cause: ({ databaseUrl }, host) => openAppeal(databaseUrl, `203.0.113.${host}`),
  },
];
