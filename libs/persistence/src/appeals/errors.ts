/** What cannot be done with an appeal. */
export class AppealRefused extends Error {
  override readonly name = 'AppealRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code:
      | 'appeal-unknown'
      | 'appeal-not-listed'
      | 'appeal-proof'
      | 'appeal-state'
      | 'appeal-open-already'
      | 'appeal-changed'
      | 'appeal-reviewer-concerned'
      | 'appeal-not-confirmed'
      | 'appeal-malformed',
    message: string,
  ) {
    super(message);
  }
}
