// Every number of the feedback to owners in one place. docs/feedback.md has the reason for each.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const FEEDBACK = {
  /** The score at which mail servers are first advised to treat mail differently: from here the owner should know. */
  suspectAt: 30,
  /** Times in alerts are the beginning of such a bucket, as everywhere in the hub. */
  bucketMs: 10 * MINUTE_MS,
  /** An alert that grows is told again at most this often. */
  digestMs: HOUR_MS,
  /**
   * What was seen this soon after a fix may still be from before it: reporters' times are to the bucket, and their clocks
   * may be a minute ahead.
   */
  graceMs: 10 * MINUTE_MS,
  /** A bot that was not removed is seen again within a day: most send every day. */
  observationMs: DAY_MS,
  /** However often somebody was wrong, a week of silence says more than a half-life of three days. */
  maxObservationMs: 7 * DAY_MS,
  /** Fixes without effect, less those with effect, at which a listing keeps its full term. */
  untrustedAt: 3,
  /** A mail waits this long for more to tell, so that ten bots found by one reporter are one mail. */
  mailGatherMs: 5 * MINUTE_MS,
  /** An abuse desk gets a mail at most this often. */
  mailEveryMs: HOUR_MS,
  /** Fixes older than this are forgotten, for and against. */
  recordMs: 90 * DAY_MS,
} as const;
