// What is known of one campaign beside its fingerprints: pure sums over observations. After a merge or
// a split the caller adds the observations of each part anew.
import type { Evidence } from '@sekisho/report';
import { binomialTail } from './binomial.js';

/** One accepted report that carried a fingerprint. */
export interface Observation {
  readonly member: string;
  /** Milliseconds since 1970: when the messages were seen. */
  readonly at: number;
  readonly copies: number;
  /** Copies that the evidence is about, if not as many: of several kinds about the same copies only one brings the copies. */
  readonly evidenceCopies?: number;
  /** `none`: the report speaks of bulk or of good mail. */
  readonly evidence: Evidence | 'none';
  readonly auth: { readonly spf?: string; readonly dkim?: string; readonly dmarc?: string };
  /** The sending network: /24 or /48. */
  readonly network: string | undefined;
  readonly fromDomain: string | undefined;
  readonly urlHosts: readonly string[];
}

export type AuthVerdict = 'pass' | 'fail' | 'unknown';

export interface CampaignTally {
  readonly members: ReadonlySet<string>;
  readonly copies: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Members by the kind of evidence they gave. */
  readonly evidence: ReadonlyMap<Evidence, ReadonlySet<string>>;
  /** Copies by the kind of evidence; absent in a tally kept from before there were such counts. */
  readonly evidenceCopies?: ReadonlyMap<Evidence, number>;
  /** Copies by domain in From, and what its authentication said. */
  readonly fromDomains: ReadonlyMap<string, Readonly<Record<AuthVerdict, number>>>;
  readonly networks: ReadonlyMap<string, number>;
  readonly urlHosts: ReadonlyMap<string, number>;
  readonly auth: Readonly<Record<AuthVerdict, number>>;
  /** Copies by bucket of SPREAD_BUCKET_MS since 1970. */
  readonly spread: ReadonlyMap<number, number>;
}

export const SPREAD_BUCKET_MS = 5 * 60_000;
/** Distinct networks, domains, hosts and buckets kept of a campaign; a flood of made-up names ends here. */
const MAX_KEYS = 4_096;

interface AbuseRule {
  readonly kind: Evidence;
  readonly members: number;
  /** Of the copies. */
  readonly share: number;
  /** What good bulk mail is forgiven: the part of its copies that has such evidence by chance. 0: no such copy is forgiven. */
  readonly tolerated: number;
}

/**
 * Evidence that somebody was harmed; bulk, rate and a filter's opinion alone are not. Of each kind, so many members, such
 * a share of the copies, and more copies than chance gives to good mail.
 *
 * Some readers complain of any mailing: senders are told to stay under 0.1 % and never to reach 0.3 % (Gmail's sender
 * guidelines). 1 % is forgiven, as the few readers of a small cluster are not the average. What is forwarded fails its
 * checks; how much of good mail that is we have no figure of: 5 % is forgiven, a judgement.
 */
const ABUSE: readonly AbuseRule[] = [
  { kind: 'trap', members: 1, share: 0, tolerated: 0 },
  { kind: 'malware', members: 1, share: 0, tolerated: 0 },
  { kind: 'manual', members: 1, share: 0, tolerated: 0 },
  { kind: 'complaint', members: 2, share: 0.02, tolerated: 0.01 },
  { kind: 'auth-failure', members: 2, share: 0.3, tolerated: 0.05 },
];
/**
 * Good mail of the tolerated rate has so many copies with the evidence with less than this chance. A cluster is tested
 * again at every report: that it is ever taken for abuse while it grows to 10,000 copies has twenty times this chance,
 * 1 in 100,000 (`--only good-mail` of the bench sums it).
 */
const CHANCE = 5e-7;

/** `pass` when DMARC passes, or SPF or DKIM without DMARC's word; `fail` when all that was checked failed. */
export function authVerdict({ spf, dkim, dmarc }: Observation['auth']): AuthVerdict {
  if (dmarc === 'pass') return 'pass';
  if (dmarc === 'fail') return 'fail';
  if (spf === 'pass' || dkim === 'pass') return 'pass';
  const isFailure = (verdict: string | undefined) =>
    verdict === 'fail' || verdict === 'softfail' || verdict === 'permerror';
  return isFailure(spf) || isFailure(dkim) ? 'fail' : 'unknown';
}

/** The tally of some observations; undefined for none. */
export function tallyOf(observations: readonly Observation[]): CampaignTally | undefined {
  if (observations.length === 0) return undefined;
  const tally = {
    members: new Set<string>(),
    copies: 0,
    firstSeen: Infinity,
    lastSeen: -Infinity,
    evidence: new Map<Evidence, Set<string>>(),
    evidenceCopies: new Map<Evidence, number>(),
    fromDomains: new Map<string, Record<AuthVerdict, number>>(),
    networks: new Map<string, number>(),
    urlHosts: new Map<string, number>(),
    auth: { pass: 0, fail: 0, unknown: 0 },
    spread: new Map<number, number>(),
  };
  for (const seen of observations) {
    const verdict = authVerdict(seen.auth);
    tally.members.add(seen.member);
    tally.copies += seen.copies;
    tally.firstSeen = Math.min(tally.firstSeen, seen.at);
    tally.lastSeen = Math.max(tally.lastSeen, seen.at);
    tally.auth[verdict] += seen.copies;
    if (seen.evidence !== 'none') {
      count(tally.evidenceCopies, seen.evidence, seen.evidenceCopies ?? seen.copies);
      tally.evidence.set(seen.evidence, (tally.evidence.get(seen.evidence) ?? new Set()).add(seen.member));
    }
    if (seen.network !== undefined) count(tally.networks, seen.network, seen.copies);
    for (const host of seen.urlHosts) count(tally.urlHosts, host, seen.copies);
    count(tally.spread, Math.floor(seen.at / SPREAD_BUCKET_MS), seen.copies);
    if (seen.fromDomain !== undefined)
      addVerdicts(tally.fromDomains, seen.fromDomain, { ...NO_VERDICTS, [verdict]: seen.copies });
  }
  return tally;
}

/**
 * Whether a cluster is a campaign of abuse. Bulk alone is not, nor bulk of which a few complain: `minMembers` members
 * must have seen it, and there must be evidence of harm in the measure of ABUSE.
 */
export function isAbusive(tally: CampaignTally, minMembers = 2): boolean {
  if (tally.members.size < minMembers) return false;
  return ABUSE.some(({ kind, members, share, tolerated }) => {
    if ((tally.evidence.get(kind)?.size ?? 0) < members) return false;
    const copies = tally.evidenceCopies?.get(kind) ?? (tally.evidenceCopies ? 0 : tally.copies);
    if (copies < share * tally.copies) return false;
    return tolerated === 0 || binomialTail(tally.copies, copies, tolerated) < CHANCE;
  });
}

const NO_VERDICTS: Readonly<Record<AuthVerdict, number>> = { pass: 0, fail: 0, unknown: 0 };

const addCounts = (a: Readonly<Record<AuthVerdict, number>>, b: Readonly<Record<AuthVerdict, number>>) => ({
  pass: a.pass + b.pass,
  fail: a.fail + b.fail,
  unknown: a.unknown + b.unknown,
});

function addVerdicts(
  to: Map<string, Record<AuthVerdict, number>>,
  domain: string,
  counts: Readonly<Record<AuthVerdict, number>>,
): void {
  const before = to.get(domain);
  if (before || to.size < MAX_KEYS) to.set(domain, addCounts(before ?? NO_VERDICTS, counts));
}

function count<K>(to: Map<K, number>, key: K, copies: number): void {
  const before = to.get(key);
  if (before !== undefined || to.size < MAX_KEYS) to.set(key, (before ?? 0) + copies);
}
