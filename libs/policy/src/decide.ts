import type { Ip } from '@sekisho/subject';
import { expectedCosts, type ExpectedCosts } from './expected-cost.js';
import type { Action, Band, Policy, Rate, Rule } from './policy.js';
import type { Listing, Standing, UnknownReason } from './standing.js';

export interface Client {
  readonly address: Ip;
  /** The host name that resolves back to the address; undefined: none. */
  readonly name: string | undefined;
}

/** What a client gets, and why. */
export type Decision =
  | { readonly because: 'allow-list'; readonly action: 'normal'; readonly entry: string }
  | { readonly because: 'deny-list'; readonly action: 'reject' | 'defer'; readonly entry: string }
  | {
      readonly because: 'rule';
      readonly action: Action;
      /** Its place among the rules, from 1. */
      readonly rule: number;
      readonly line: number;
      readonly listing: Listing;
      readonly confidence: number | undefined;
      /** Of a rule that takes the cheapest. */
      readonly expected: ExpectedCosts | undefined;
      readonly rate: Rate | undefined;
    }
  | {
      /** Of the working group, as the member's agent has it in force. */
      readonly because: 'joint-action';
      readonly action: Action;
      readonly id: string;
      readonly category: string | undefined;
      readonly rate: Rate | undefined;
    }
  | { readonly because: 'no-rule'; readonly action: 'normal' }
  /** Fail open: mail flows. */
  | { readonly because: 'unknown'; readonly action: 'normal'; readonly reason: UnknownReason };

/**
 * What the member's own lists say, before anybody is asked. The more specific entry wins, and allow wins a tie: an address
 * can be allowed out of a denied network, and denied out of an allowed one.
 */
export function decideLocally(policy: Policy, { address, name }: Client): Decision | undefined {
  const allowed = policy.allow.match(address, name);
  const denied = policy.deny.match(address, name);
  if (denied && (!allowed || denied.specificity > allowed.specificity))
    return { because: 'deny-list', action: policy.denyAction, entry: denied.entry };
  return allowed && { because: 'allow-list', action: 'normal', entry: allowed.entry };
}

/** What the member's own lists say, and else its rules. */
export function decide(policy: Policy, client: Client, standing: Standing): Decision {
  return decideLocally(policy, client) ?? decideByRules(policy, standing);
}

/** The first rule that one of the listings meets; for whom the lists of the same policy know nothing of. Unknown is never a listing. */
export function decideByRules(policy: Policy, standing: Standing): Decision {
  if (standing.kind === 'unknown') return { because: 'unknown', action: 'normal', reason: standing.reason };
  const { confidence } = standing;
  for (let i = 0; i < policy.rules.length; i++) {
    const rule = policy.rules[i];
    const listing = rule && meets(rule, standing);
    if (!listing) continue;
    const { action: asked, line, rate } = rule;
    const expected =
      asked === 'cheapest' && policy.costs
        ? expectedCosts(policy.costs, listing.category, listing.score)
        : undefined;
    // Without costs there is no cheapest, and the file was refused.
    const action = asked === 'cheapest' ? (expected?.action ?? 'normal') : asked;
    return { because: 'rule', action, rule: i + 1, line, listing, confidence, expected, rate };
  }
  return { because: 'no-rule', action: 'normal' };
}

function meets(rule: Rule, standing: Standing & { kind: 'known' }): Listing | undefined {
  const { listings, isHigh, score, confidence } = standing;
  if (rule.isHighOnly && !isHigh) return undefined;
  // A confidence that is not known meets no band.
  if (rule.confidence && (confidence === undefined || !isIn(rule.confidence, confidence))) return undefined;
  if (rule.categories === 'unlisted') {
    const isKnown = listings.length === 0 && score !== undefined && isIn(rule.score, score);
    return isKnown ? { category: 'unlisted', score } : undefined;
  }
  return listings.find(({ category, score: own }) => hasCategory(rule, category) && isIn(rule.score, own));
}

const hasCategory = ({ categories }: Rule, category: string): boolean =>
  categories === 'any' ? category !== 'dynamic-range' : categories.includes(category);

const isIn = ({ from, to }: Band, value: number): boolean => value >= from && value <= to;
