// What decided appeals make of a reporter's trust: the published rule of docs/appeals.md.
import { DEFAULT_TRUST } from '../model.js';

/** As many reports are taken for right before anything was judged: one appeal must not ruin anybody. */
const CREDIT = 20;
/** A reporter keeps this share of its trust: others could appeal against a competitor's reports only to silence it. */
const LEAST_SHARE = 0.5;

export const ADJUDICATION = Object.freeze({
  /** Older judgements count no more. */
  windowMs: 365 * 24 * 3_600_000,
});

/** Trust after so many of a reporter's listings were judged wrong and right in appeals. */
export function trustAfter({ wrong, right }: { readonly wrong: number; readonly right: number }): number {
  const share = (CREDIT + right) / (CREDIT + right + wrong);
  return DEFAULT_TRUST * Math.max(LEAST_SHARE, share);
}
