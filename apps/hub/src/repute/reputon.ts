// Reputons (RFC 7071) of the application email-id (RFC 7073), in which 1 is bad: everything supports the assertion.
import type { Category } from '@sekisho/report';

export const APPLICATION = 'email-id';

const SUPPORTS: Readonly<Record<string, readonly Category[] | 'any'>> = {
  abusive: 'any',
  fraud: ['phishing'],
  malware: ['malware-sender'],
  spam: ['spam-source', 'zombie', 'spam-domain', 'dropbox-address', 'harvester'],
};
/** `invalid-recipients` is of the vocabulary too; nothing is known of it here. */
export const ASSERTIONS: readonly string[] = Object.keys(SUPPORTS);

/** Section 3.2 of RFC 7073. */
const IDENTITIES = [
  'dkim',
  'ipv4',
  'ipv6',
  'rfc5321.helo',
  'rfc5321.mailfrom',
  'rfc5322.from',
  'spf',
] as const;
export type Identity = (typeof IDENTITIES)[number];
export const isIdentity = (text: string): text is Identity => IDENTITIES.some((one) => one === text);

export interface Rated {
  readonly score: number;
  readonly confidence: number;
  readonly categories: readonly { readonly category: string; readonly score: number }[];
}

export interface ReputonContext {
  /** The domain that rates. */
  readonly rater: string;
  readonly rated: string;
  readonly identity: Identity | undefined;
  /** Seconds since 1970. */
  readonly generated: number;
  readonly expires: number;
}

/** Section 6.2.2: at most three decimals. Scores are whole hundredths. */
const ratingOf = (score: number) => score / 100;

/** What is known of a subject, one reputon an assertion; without a reputation: that nothing is (a sample of none). */
export function reputonsOf(
  reputation: Rated | undefined,
  assertions: readonly string[],
  { rater, rated, identity, generated, expires }: ReputonContext,
): Readonly<Record<string, unknown>>[] {
  return assertions.map((assertion) => ({
    ...{ rater, assertion, rated },
    rating: reputation ? ratingOf(supportOf(reputation, assertion)) : 0,
    ...(reputation ? { confidence: ratingOf(reputation.confidence) } : { 'sample-size': 0 }),
    ...(identity !== undefined && { 'email-id-identity': identity }),
    ...{ generated, expires },
  }));
}

function supportOf({ score, categories }: Rated, assertion: string): number {
  const supporting = SUPPORTS[assertion] ?? [];
  if (supporting === 'any') return score;
  return categories
    .filter(({ category }) => supporting.some((one) => one === category))
    .reduce((most, entry) => Math.max(most, entry.score), 0);
}
