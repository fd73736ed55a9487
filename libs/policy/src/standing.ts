export interface Listing {
  /** As in reports: `zombie`, `dynamic-range`. */
  readonly category: string;
  /** 0 to 100. */
  readonly score: number;
}

/**
 * Why nothing is known of an address. Each one means that mail flows as if the address were unlisted:
 * `timeout`, `unreachable`, `busy` (too many open questions here), `refused` (an rcode that is no answer), `malformed`,
 * `error-code` (127.255.255.x or whatever is no code of ours), `stale` (the edge says so), `self-test` (a test entry is
 * not as it must be, or has not been asked yet).
 */
export type UnknownReason =
  'timeout' | 'unreachable' | 'busy' | 'refused' | 'malformed' | 'error-code' | 'stale' | 'self-test';

/** What the hub says of one address. */
export type Standing =
  | {
      readonly kind: 'known';
      /** Of ip.Z and policy.Z. */
      readonly listings: readonly Listing[];
      /** Whether the address is in high.ip.Z; false too when that was not asked. */
      readonly isHigh: boolean;
      /** Of score.Z, each 0 to 100; undefined when not asked, or not known there. */
      readonly score: number | undefined;
      readonly confidence: number | undefined;
    }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };
