export type SealedFaultCode =
  'evidence-malformed' | 'evidence-too-large' | 'sealed-malformed' | 'sealed-key-unknown' | 'sealed-damaged';

/** Evidence that cannot be sealed, or a sealed one that cannot be opened here. */
export class SealedFault extends Error {
  override readonly name = 'SealedFault';
  readonly kind = 'Rejected';
  constructor(
    readonly code: SealedFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
