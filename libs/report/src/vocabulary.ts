import type { SubjectType } from '@sekisho/subject';

/** What the subject is said to do. `ham` is the counterweight: good mail seen. */
export const CATEGORIES = [
  'spam-source',
  'zombie',
  'malware-sender',
  'harvester',
  'backscatter-source',
  'phishing',
  'forged-domain',
  'spam-domain',
  'dropbox-address',
  'hit-and-run',
  'dynamic-range',
  'ham',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** How the reporter knows. */
export const EVIDENCE = [
  'trap',
  'complaint',
  'filter',
  'malware',
  'auth-failure',
  'unknown-user',
  'rate',
  'bounce',
  'port25',
  'manual',
  'owner',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

const NETWORK_CATEGORIES: readonly Category[] = [
  'spam-source',
  'zombie',
  'malware-sender',
  'harvester',
  'backscatter-source',
  'phishing',
  'hit-and-run',
  'ham',
];

/** Which categories can be said of which subject. */
export const CATEGORIES_OF: Readonly<Record<SubjectType, readonly Category[]>> = {
  ip: NETWORK_CATEGORIES,
  network: [...NETWORK_CATEGORIES, 'dynamic-range'],
  domain: ['spam-domain', 'phishing', 'forged-domain', 'ham'],
  address: ['dropbox-address', 'phishing', 'ham'],
  fingerprint: ['spam-source', 'phishing', 'malware-sender', 'ham'],
  subscriber: ['hit-and-run'],
};

/** Results of authentication methods: RFC 8601 section 2.7. */
export const AUTH_RESULTS = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'temperror',
  'permerror',
  'policy',
] as const;
