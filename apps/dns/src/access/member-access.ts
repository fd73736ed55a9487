import { createHash } from 'node:crypto';

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

interface Tally {
  readonly minute: number;
  answered: number;
  refused: number;
}

const MS_PER_MINUTE = 60_000;
/** When the hub is away longer, counts of the oldest minutes are given up. */
const MAX_KEPT_COUNTS = 100_000;

/**
 * Knows members by the key label in a query name and counts their queries by the minute. What was asked is not kept,
 * not even for a moment.
 */
export class MemberAccess {
  private readonly byDigest = new Map<string, string>();
  /** Labels that were found good, so that each is hashed once. */
  private known = new Map<string, string>();
  private readonly current = new Map<string, Tally>();
  private finished: MinuteCount[] = [];
  private at: string | undefined;

  constructor(private readonly quota: number | undefined) {}

  /** undefined until the first list came: then nobody is known. */
  get version(): string | undefined {
    return this.at;
  }

  /** Replaces the list: who is not on it is refused from here on. */
  use({ version, members }: AccessList): void {
    this.byDigest.clear();
    this.known = new Map();
    for (const { member, digest } of members) this.byDigest.set(digest, member);
    this.at = version;
  }

  /** Judges one query by the key label in it, of any case, and counts it. */
  admit(label: string, nowMs: number): Admission {
    const key = label.toLowerCase();
    let member = this.known.get(key);
    if (member === undefined) {
      member = this.byDigest.get(createHash('sha256').update(key).digest('base64url'));
      if (member === undefined) return 'unknown';
      this.known.set(key, member);
    }
    const tally = this.tallyOf(member, Math.floor(nowMs / MS_PER_MINUTE));
    if (this.quota !== undefined && tally.answered >= this.quota) {
      tally.refused++;
      return 'over-quota';
    }
    tally.answered++;
    return 'allowed';
  }

  /** The counts of the minutes that are over; they are forgotten with it. */
  takeCounts(nowMs: number): MinuteCount[] {
    const minute = Math.floor(nowMs / MS_PER_MINUTE);
    for (const [member, tally] of this.current) {
      if (tally.minute >= minute) continue;
      this.current.delete(member);
      this.finished.push({ member, ...tally });
    }
    const taken = this.finished;
    this.finished = [];
    return taken;
  }

  /** Counts that could not be delivered, for the next time. */
  putBack(counts: readonly MinuteCount[]): void {
    this.finished = [...counts, ...this.finished].slice(-MAX_KEPT_COUNTS);
  }

  private tallyOf(member: string, minute: number): Tally {
    const there = this.current.get(member);
    if (there?.minute === minute) return there;
    if (there) this.finished.push({ member, ...there });
    const fresh = { minute, answered: 0, refused: 0 };
    this.current.set(member, fresh);
    return fresh;
  }
}
