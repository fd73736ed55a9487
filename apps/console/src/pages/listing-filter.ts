import type { ListingRow } from './use-live-feed.ts';

export const SUBJECT_TYPES = ['ip', 'network', 'domain', 'address', 'fingerprint'] as const;
type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What can be listed; the whole vocabulary is in docs/reputation.md. */
export const CATEGORIES = [
  ...(['SPAM_SOURCE', 'ZOMBIE', 'MALWARE_SENDER', 'HARVESTER', 'BACKSCATTER_SOURCE', 'PHISHING'] as const),
  ...(['FORGED_DOMAIN', 'SPAM_DOMAIN', 'DROPBOX_ADDRESS', 'DYNAMIC_RANGE'] as const),
];
export const RECOMMENDATIONS = ['REJECT', 'DEFER', 'TAG', 'THROTTLE', 'ACCEPT'] as const;

/** By its text form, as the API writes subjects. */
export function typeOf(subject: string): SubjectType {
  if (subject.startsWith('address:')) return 'address';
  if (subject.startsWith('fingerprint:')) return 'fingerprint';
  if (subject.includes('/')) return 'network';
  return subject.includes(':') || /^[\d.]+$/.test(subject) ? 'ip' : 'domain';
}

export interface ListingFilter {
  readonly q: string;
  readonly type: string;
  readonly category: string;
  readonly advice: string;
  /** The least score, as typed into the address. */
  readonly min: string;
}

export function filterListings(rows: readonly ListingRow[], filter: ListingFilter): readonly ListingRow[] {
  const text = filter.q.trim().toLowerCase();
  const least = Number(filter.min) || 0;
  if (text === '' && filter.type === '' && filter.category === '' && filter.advice === '' && least === 0)
    return rows;
  return rows.filter(
    ({ subject, categories, recommendation, score }) =>
      (text === '' || subject.includes(text)) &&
      (filter.type === '' || typeOf(subject) === filter.type) &&
      (filter.category === '' || categories.some((category) => category === filter.category)) &&
      (filter.advice === '' || recommendation === filter.advice) &&
      score >= least,
  );
}
