type AccessErrorCode = 'authentication-required' | 'access-denied' | 'csrf-refused';

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
