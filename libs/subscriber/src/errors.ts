export type SubscriberErrorCode =
  | 'termination-malformed'
  /** Debt, payment fraud, complaints about service: anything but abuse of mail. */
  | 'reason-not-admissible'
  | 'expiry-not-admissible'
  | 'termination-unknown'
  | 'epoch-not-open'
  | 'check-malformed'
  | 'check-quota-exceeded'
  | 'check-ratio-exceeded'
  | 'termination-state'
  | 'case-unknown'
  | 'case-closed'
  | 'case-key-fixed'
  | 'case-full'
  | 'message-malformed';

/** Something about terminations, checks or cases that is refused. Nothing was stored. */
export class SubscriberRefused extends Error {
  override readonly name = 'SubscriberRefused';
  readonly kind: 'Rejected' | 'Busy';
  constructor(
    readonly code: SubscriberErrorCode,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.kind = retryAfterSeconds === undefined ? 'Rejected' : 'Busy';
  }
}
