/**
 * What can be wrong, as a closed set.
 *
 * - `element-invalid`: not the canonical encoding of a group element, or the identity
 * - `scalar-invalid`: not the canonical encoding of a scalar in 1..q-1
 * - `length-invalid`: a byte string that is not as long as it must be
 * - `batch-invalid`: no elements, more than {@link EVALUATION_BATCH_MAX}, or counts and orders that do not fit together
 * - `proof-invalid`: a holder of a key share did not use the key it publishes; this is an alarm, not an input error
 * - `shares-not-independent`: both evaluations are of one key, or cancel each other out
 * - `input-invalid`: an identifier that cannot be framed, or whose hash is the identity
 * - `epoch-invalid`: not `YYYY-MM`
 * - `message-malformed`: a request or answer that is not of the published form
 * - `arithmetic-unfit`: a library that was to compute elements gives other results than the built-in one
 * - `random-unfit`: the source of randomness gave too few bytes, or zeros only
 */
export type OprfErrorCode =
  | 'element-invalid'
  | 'scalar-invalid'
  | 'length-invalid'
  | 'batch-invalid'
  | 'proof-invalid'
  | 'shares-not-independent'
  | 'input-invalid'
  | 'epoch-invalid'
  | 'message-malformed'
  | 'arithmetic-unfit'
  | 'random-unfit';

/** A step of the protocol that was refused. The message never repeats secrets, inputs or tokens. */
export class OprfError extends Error {
  override readonly name = 'OprfError';
  /** `Bug` for a library or a source of randomness that does not work, else the sender must correct something. */
  readonly kind: 'Rejected' | 'Bug';
  /** Place in the batch, from 0, when one element is at fault. */
  readonly index: number | undefined;
  constructor(
    readonly code: OprfErrorCode,
    message: string,
    options: { index?: number; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.kind = code === 'random-unfit' || code === 'arithmetic-unfit' ? 'Bug' : 'Rejected';
    this.index = options.index;
  }
}
