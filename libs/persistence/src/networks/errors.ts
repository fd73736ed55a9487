type NetworkErrorCode =
  | 'network-not-owned'
  | 'range-overlaps'
  | 'range-unknown'
  | 'exception-outside'
  | 'claim-unknown'
  | 'claim-taken';

/** Something said of a network that cannot be taken. */
export class NetworkRefused extends Error {
  override readonly name = 'NetworkRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: NetworkErrorCode,
    message: string,
  ) {
    super(message);
  }
}
