import type { Policy } from './policy.js';
import { parsePolicy } from './policy-file.js';

/**
 * What holds without a policy file. It never rejects, and delays only what is strongly bad: listed with 95 and more, and
 * in high.ip.Z, which needs several independent members (docs/reputation.md).
 */
export const DEFAULT_POLICY_TEXT = `version: 1
rules:
  # Strongly bad: slowed down, with a rate that a person's own mail server does not reach.
  - category: [spam-source, zombie, malware-sender, phishing]
    score: 95..100
    list: high
    action: shaped
    rate: { connections: 30, messages: 30, recipients: 100, per: 1h }
  # Every other listed address: delivered, with a header for the recipients' own filters.
  - category: any
    action: tag
  # Its owner says that no mail servers are there.
  - category: dynamic-range
    action: tag
`;

export const defaultPolicy = (): Policy => parsePolicy(DEFAULT_POLICY_TEXT);
