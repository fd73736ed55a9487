export type EvaluationErrorCode =
  | 'evaluation-malformed'
  /** No share of that month: not made yet, or never. */
  | 'epoch-unknown'
  /** The share is destroyed; tokens of that month can never be made again. */
  | 'epoch-destroyed'
  | 'evaluation-quota-exceeded'
  /** A backup that does not fit what is here. Nothing was changed. */
  | 'backup-refused'
  | 'share-unreadable'
  /** What is said of keys is not signed by whom it should be. */
  | 'statement-not-authentic';

/** An evaluation or a change of key shares that is refused. */
export class EvaluationRefused extends Error {
  override readonly name = 'EvaluationRefused';
  readonly kind: 'Rejected' | 'Busy';
  constructor(
    readonly code: EvaluationErrorCode,
    message: string,
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = retryAfterSeconds === undefined ? 'Rejected' : 'Busy';
  }
}

export type RegisterErrorCode = 'key-malformed' | 'key-taken' | 'register-unreadable';

/** A change of the trustee's member register that is refused. Nothing was changed. */
export class RegisterRefused extends Error {
  override readonly name = 'RegisterRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: RegisterErrorCode,
    message: string,
  ) {
    super(message);
  }
}
