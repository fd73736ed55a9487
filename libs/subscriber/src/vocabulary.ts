/** What a subscriber was terminated for. Abuse of mail and nothing else: debt, payment fraud and the like are refused. */
export const REASONS = ['spam-sending', 'phishing', 'malware-sending', 'address-harvesting'] as const;
export type Reason = (typeof REASONS)[number];

/** How well the terminating member can show it, from weak to strong. */
export const EVIDENCE_LEVELS = ['complaints', 'logs', 'samples', 'admitted'] as const;
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number];

/** Kinds of identifiers; each has an OPRF input prefix of its own (libs/identifier). */
export const IDENTIFIER_TYPES = ['phone', 'address', 'building', 'name-birth', 'payer', 'email'] as const;
export type IdentifierType = (typeof IDENTIFIER_TYPES)[number];

/** On what the checking member says it may ask (APPI article 27, GDPR article 6). It is stored as asserted. */
export const LEGAL_BASES = [
  'consent',
  'joint-use-notice',
  'legitimate-interest',
  'legal-obligation',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** The one purpose that the federation agreed upon. */
export const PURPOSES = ['sign-up'] as const;

export const TERMINATION_STATES = ['active', 'contested', 'withdrawn'] as const;
export type TerminationState = (typeof TERMINATION_STATES)[number];

/** How an appeal against a record ends. */
export const APPEAL_DECISIONS = ['upheld', 'corrected', 'withdrawn'] as const;
export type AppealDecision = (typeof APPEAL_DECISIONS)[number];

export const STRENGTHS = ['none', 'possible', 'strong'] as const;
export type Strength = (typeof STRENGTHS)[number];
