import type { CostPolicy } from './expected-cost.js';
import type { NetworkList } from './network-list.js';

export const ACTIONS = ['normal', 'shaped', 'deep-queue', 'tag', 'defer', 'reject'] as const;
/** From nothing at all to a refusal; docs/policyd.md says what each does in Postfix. */
export type Action = (typeof ACTIONS)[number];

/** What a rule can say: an action, or that the one of least expected cost is taken. */
export const RULE_ACTIONS = [...ACTIONS, 'cheapest'] as const;
export type RuleAction = (typeof RULE_ACTIONS)[number];

/** Both ends included, 0 to 100. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** What a sending network may do in a period; undefined: as much as it likes. */
export interface Rate {
  readonly connections: number | undefined;
  readonly messages: number | undefined;
  readonly recipients: number | undefined;
  readonly perSeconds: number;
}

export interface Rule {
  /** Where it stands in the policy file; 1 and up. */
  readonly line: number;
  /** `any`: every category but dynamic-range. `unlisted`: known to score.Z alone. */
  readonly categories: 'any' | 'unlisted' | readonly string[];
  readonly score: Band;
  /** undefined: whatever it is, also when the edge does not know it. */
  readonly confidence: Band | undefined;
  /** Only addresses of high.ip.Z. */
  readonly isHighOnly: boolean;
  /** `cheapest` only where the policy has costs. */
  readonly action: RuleAction;
  /** With `shaped`, and only then. */
  readonly rate: Rate | undefined;
}

export interface Submission {
  /** undefined: as much as they like. */
  readonly rate: Rate | undefined;
  /** What becomes of a message that is of a known campaign; undefined: nothing. */
  readonly campaign: { readonly score: Band; readonly action: 'defer' | 'reject' } | undefined;
  /** Of what is beyond the rate. */
  readonly action: 'defer' | 'reject';
  /** SASL user names in lower case. */
  readonly exempt: ReadonlySet<string>;
}

export interface Policy {
  /** Shadow: every answer is "no opinion", and what would have been is logged. */
  readonly isShadow: boolean;
  readonly allow: NetworkList;
  readonly deny: NetworkList;
  readonly denyAction: 'reject' | 'defer';
  /** Of whom a joint listing of the working group hits. */
  readonly jointListing: Exclude<Action, 'shaped'>;
  /** The prefix lengths by which senders are counted together. */
  readonly shapeBy: { readonly ipv4: number; readonly ipv6: number };
  /** `transport:nexthop` of Postfix's FILTER action. */
  readonly deepQueueTransport: string;
  /** The name of the header of `tag`. */
  readonly header: string;
  /** What an own subscriber may send who logged in; undefined: whatever it likes. */
  readonly submission: Submission | undefined;
  /** What outcomes cost the member; undefined: it has not said. */
  readonly costs: CostPolicy | undefined;
  /** The first that matches decides; none: normal. */
  readonly rules: readonly Rule[];
}

/** Which zones have to be asked for a policy, besides ip.Z. */
export interface Needs {
  /** high.ip.Z, once an address is in ip.Z. */
  readonly high: boolean;
  /** policy.Z. */
  readonly dynamic: boolean;
  /** score.Z of what is listed: `listed`; of everything: `all`. */
  readonly score: 'no' | 'listed' | 'all';
}

export function needsOf({ rules }: Policy): Needs {
  return {
    high: rules.some((rule) => rule.isHighOnly),
    dynamic: rules.some(({ categories }) => categories.includes('dynamic-range')),
    score: rules.some(({ categories }) => categories === 'unlisted')
      ? 'all'
      : rules.some(({ confidence }) => confidence)
        ? 'listed'
        : 'no',
  };
}
