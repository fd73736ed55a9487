import { createHash } from 'node:crypto';
import { MemberTallies } from './shared-members.js';

/** Who may ask: the members and the digests of their keys, as the hub last gave them. */
export interface AccessList {
  /** What the hub calls this state of the list. */
  readonly version: string;
  readonly members: readonly { readonly member: string; readonly digest: string }[];
}

export type Admission = 'allowed' | 'unknown' | 'over-quota';

/** How many queries of a member were answered and how many refused for its quota, in one minute. */
export interface MinuteCount {
  readonly member: string;
  /** Minutes since 1970. */
  readonly minute: number;
  readonly answered: number;
  readonly refused: number;
}

const MS_PER_MINUTE = 60_000;
/** Another thread that read the clock before the minute ended has counted by then. */
const LATE_MS = 1_000;
/** When the hub is away longer, counts of the oldest minutes are given up. */
const MAX_KEPT_COUNTS = 100_000;

/**
 * Knows members by the key label in a query name and counts their queries by the minute. What was asked is not kept,
 * not even for a moment.
 */
export class MemberAccess {
  private readonly byDigest = new Map<string, string>();
  /** The slots of labels that were found good, so that each is hashed once. */
  private known = new Map<string, number>();
  private finished: MinuteCount[] = [];
  private at: string | undefined;
  /** What other threads may see and count. */
  readonly tallies: MemberTallies;

  constructor(quota: number | undefined) {
    this.tallies = new MemberTallies(quota);
  }

  /** undefined until the first list came: then nobody is known. */
  get version(): string | undefined {
    return this.at;
  }

  /** Replaces the list: who is not on it is refused from here on. */
  use({ version, members }: AccessList): void {
    this.byDigest.clear();
    this.known = new Map();
    this.tallies.revokeAll();
    for (const { member, digest } of members) this.byDigest.set(digest, member);
    this.at = version;
  }

  /** Judges one query by the key label in it, of any case, and counts it. */
  admit(label: string, nowMs: number): Admission {
    const key = label.toLowerCase();
    let slot = this.known.get(key);
    if (slot === undefined) {
      const member = this.byDigest.get(createHash('sha256').update(key).digest('base64url'));
      if (member === undefined) return 'unknown';
      slot = this.tallies.slotOf(member);
      this.known.set(key, slot);
      this.tallies.admit(key, slot);
    }
    return this.tallies.count(slot, Math.floor(nowMs / MS_PER_MINUTE)) ? 'allowed' : 'over-quota';
  }

  /** The counts of the minutes that are over since a second; they are forgotten with it. */
  takeCounts(nowMs: number): MinuteCount[] {
    const taken = [...this.finished, ...this.tallies.take(Math.floor((nowMs - LATE_MS) / MS_PER_MINUTE))];
    this.finished = [];
    return taken;
  }

  /** Counts that could not be delivered, for the next time. */
  putBack(counts: readonly MinuteCount[]): void {
    this.finished = [...counts, ...this.finished].slice(-MAX_KEPT_COUNTS);
  }
}
