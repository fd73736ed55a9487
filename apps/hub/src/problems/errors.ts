type RequestErrorCode =
  | 'request-malformed'
  | 'not-found'
  | 'envelope-too-large'
  | 'media-type-unsupported'
  | 'grant-unsupported'
  | 'too-many-subjects'
  | 'as-of-out-of-range'
  | 'history-gone'
  | 'delivered-by-push'
  | 'too-many-requests'
  | 'hub-busy';

/** A request that the hub cannot or will not serve as it is. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly kind: 'Rejected' | 'Busy';
  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.kind = retryAfterSeconds === undefined ? 'Rejected' : 'Busy';
  }
}
