import { parseIp } from '@sekisho/subject';
import type { Client } from './decide.js';
import { parsePolicy } from './policy-file.js';
import type { Policy } from './policy.js';
import type { Listing, Standing } from './standing.js';

/** A policy of these lines under `version: 1`. */
export const policyOf = (...lines: readonly string[]): Policy =>
  parsePolicy(['version: 1', ...lines].join('\n'));

export const clientOf = (address: string, name?: string): Client => ({ address: parseIp(address), name });

export const known = (...listings: readonly Listing[]): Standing & { kind: 'known' } => ({
  kind: 'known',
  listings,
  ...{ isHigh: false, score: undefined, confidence: undefined },
});
