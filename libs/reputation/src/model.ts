// Every number of the model in one place. docs/reputation.md has the reason for each.
import type { Evidence } from '@sekisho/report';

/** Changes whenever a figure computed from the same sightings can change. Stored beside every score. */
export const MODEL_VERSION = '3';

/** What a reporter's trust is while nothing is known about its accuracy (0..1). */
export const DEFAULT_TRUST = 0.8;

const EVIDENCE_WEIGHT = {
  trap: 1.2,
  malware: 1.2,
  complaint: 0.8,
  port25: 0.8,
  filter: 0.7,
  'unknown-user': 0.65,
  manual: 0.6,
  rate: 0.55,
  'auth-failure': 0.5,
  bounce: 0.5,
  owner: 3,
} as const satisfies Readonly<Record<Evidence, number>>;

/** Hours after which half of the evidence is left. Address ranges: by category and kind of range. */
const HALF_LIFE_HOURS = {
  static: {
    'spam-source': 48,
    zombie: 72,
    'malware-sender': 72,
    harvester: 96,
    phishing: 48,
    'hit-and-run': 24,
    'backscatter-source': 48,
    ham: 168,
  },
  dynamic: {
    'spam-source': 12,
    zombie: 12,
    'malware-sender': 12,
    harvester: 12,
    phishing: 12,
    'hit-and-run': 12,
    'backscatter-source': 12,
    ham: 12,
  },
  domain: { 'spam-domain': 96, phishing: 72, 'forged-domain': 48, ham: 168 },
  address: { 'dropbox-address': 168, phishing: 72, ham: 168 },
  fingerprint: { 'spam-source': 24, phishing: 24, 'malware-sender': 24, ham: 168 },
  subscriber: { 'hit-and-run': 720 },
} as const;

export const MODEL = deepFreeze({
  version: MODEL_VERSION,
  defaultTrust: DEFAULT_TRUST,
  evidenceWeight: EVIDENCE_WEIGHT,
  halfLifeHours: HALF_LIFE_HOURS,
  recurrence: {
    /** Time between one occasion and the next; not on dynamic ranges, where it is another customer's address. */
    apartHours: 168,
    /** Half-lives are longer by these factors after none, one, and two or more former occasions. */
    lasting: [1, 1.5, 2],
  },
  /** The most messages that one sighting counts for. */
  maxSightingCount: 8,
  /** The most hazard that one reporter adds about an address that it does not own: score 65 when alone. */
  maxReporterHazard: 1.05,
  /** The most hazard that one owner's `owner` evidence adds about its own range: score 95 when alone. */
  maxOwnerHazard: 3,
  /** Less hazard than this (score 10 when alone) does not make a reporter an independent witness. */
  meaningfulHazard: 0.1,
  ham: {
    /** The most counter-hazard of one reporter: never enough to delist what others have listed. */
    maxReporterHazard: 0.6,
    /** Good messages at which that maximum is reached, on a logarithmic scale. */
    fullAtMessages: 10_000,
  },
  listing: {
    listAt: 70,
    /** A listed subject stays listed while its score is not below this. */
    delistBelow: 55,
    minReporters: 2,
  },
  highConfidence: { minScore: 90, minReporters: 3, minConfidence: 50 },
  recommendation: { throttleAt: 30, tagAt: 60, rejectAt: 90 },
  review: {
    /** Points by which a score may drift before it is published again. */
    scoreStep: 5,
    /** Times found by search are late by at most the greater of these: a second, or a share of the time ahead. */
    precisionMs: 1_000,
    precisionShare: 1 / 1_024,
  },
  rollUp: {
    /** Separate listed children that a network needs, by family and prefix length. */
    needed: { v4: { 24: 16 }, v6: { 64: 3, 48: 3 } },
    /** A listed network stays listed down to this share of `needed`. */
    keepShare: 0.5,
    /** Halvings of the distance to the mean child score for each `needed` children. */
    growth: 4,
    /** Only children that this many reporters speak about count. */
    minChildReporters: 2,
    /** The only IPv6 prefix narrow enough (one link, one customer) to reach high confidence. */
    highConfidencePrefix: 64,
  },
} as const);

export const HOUR_MS = 3_600_000;

function deepFreeze<T extends object>(tree: T): T {
  for (const branch of Object.values(tree)) {
    if (typeof branch === 'object' && branch !== null) deepFreeze(branch as object);
  }
  return Object.freeze(tree);
}
