type AccessErrorCode = 'authentication-required' | 'access-denied';

export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  readonly kind = 'Rejected';
  constructor(
    readonly code: AccessErrorCode,
    message: string,
  ) {
    super(message);
  }
}
