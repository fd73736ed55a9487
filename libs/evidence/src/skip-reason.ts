/** Why an input or a part of it gives no report: closed, so that a summary can count and a person can look it up. */
export type SkipReason =
  | 'message-empty'
  | 'too-many-parts'
  | 'nested-too-deeply'
  | 'no-trusted-hand-off'
  | 'evidence-not-stated'
  | 'no-feedback-part'
  | 'feedback-malformed'
  | 'feedback-type-unused'
  | 'no-source-address'
  | 'no-reported-domain'
  | 'auto-reply'
  | 'bounce-not-a-failure'
  | 'bounce-of-own-mail'
  | 'bounce-origin-unknown'
  | 'bounce-without-original'
  | 'not-a-bounce'
  | 'row-malformed'
  | 'line-unrelated'
  | 'verdict-of-a-list'
  | 'login-failure'
  | 'report-refused';

export interface Skip {
  readonly reason: SkipReason;
  /** For the person at the member; never sent. */
  readonly detail?: string;
}
