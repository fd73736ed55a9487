// How long appeals may take, and what of them is kept. Published in docs/appeals.md.
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const APPEAL_TERMS = Object.freeze({
  /** A reviewer has decided by then; after it everybody who can review sees that nobody did. */
  reviewMs: 72 * HOUR_MS,
  /** Reviewers are reminded so long before the deadline: a working day. */
  nearMs: 24 * HOUR_MS,
  /** As long after the deadline the listing is suspended until somebody decides: waiting must not be the appellant's loss. */
  escalationMs: 72 * HOUR_MS,
  /** The most that such a suspension lasts. */
  suspensionMs: 30 * DAY_MS,
  /** What nobody confirmed is forgotten after it. */
  unconfirmedMs: 7 * DAY_MS,
  /** What was written, and a mail address, are forgotten so long after the end. */
  wordsMs: 30 * DAY_MS,
  /** Appeals themselves. */
  keepMs: 180 * DAY_MS,
});
