type SignInErrorCode =
  'member-not-active' | 'sign-in-refused' | 'invitation-invalid' | 'passkeys-unavailable' | 'origin-refused';

/** Somebody who cannot sign in, or not in this way. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: SignInErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
