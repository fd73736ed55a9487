export type AuthErrorCode =
  /** Not a compact JWS, or its claims are not of the published form. */
  | 'envelope-malformed'
  /** No key of an active member, a wrong signature, a wrong audience, or a time outside the window. */
  | 'envelope-not-authentic'
  | 'token-invalid'
  | 'client-assertion-invalid';

/** Something signed that is not accepted. The message never repeats what was sent. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic';
  readonly kind = 'Rejected';
  constructor(
    readonly code: AuthErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
