/** A decision that cannot be made as it is asked for. */
export class DecisionRefused extends Error {
  override readonly name = 'DecisionRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: 'decision-subject' | 'decision-category' | 'decision-times' | 'decision-unknown',
    message: string,
  ) {
    super(message);
  }
}
