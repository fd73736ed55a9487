import { HubRefused, HubUnreachable, type FailureKind } from '../errors.js';

export type Party = 'hub' | 'trustee';

/**
 * A holder of a key share shows this member another key than before, or than it shows the other party. Nothing was
 * registered or asked: with a key of its own for one member it could tell that member's tokens from all others.
 */
export class KeyMismatch extends Error {
  override readonly name = 'KeyMismatch';
  readonly code = 'oprf-key-mismatch';
  readonly kind = 'Rejected';
  constructor(
    readonly party: Party,
    readonly epoch: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`the ${party} does not use the key of ${epoch} that it published: ${detail}`, options);
  }
}

/** What a holder of a key share says of its keys is not what it signed, or contradicts what it said before. */
export class StatementForged extends Error {
  override readonly name = 'StatementForged';
  readonly code = 'key-statement-forged';
  readonly kind = 'Rejected';
  constructor(
    readonly party: Party,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`a statement of the ${party} about its keys cannot be believed: ${detail}`, options);
  }
}

/** The trustee does not answer, or refuses. Nothing reached the hub, and what was to be recorded is kept here. */
export class TrusteeFailed extends Error {
  override readonly name = 'TrusteeFailed';
  readonly code: string;
  readonly kind: FailureKind;
  constructor(cause: unknown) {
    const known = cause instanceof HubRefused || cause instanceof HubUnreachable ? cause : undefined;
    super(
      `the trustee: ${known instanceof HubRefused ? `${known.code}: ${known.detail}` : String(known?.message ?? cause)}`,
      {
        cause,
      },
    );
    this.code = known instanceof HubRefused ? known.code : 'trustee-unreachable';
    this.kind = known?.kind ?? 'Unavailable';
  }
}

export type CaseFaultCode =
  | 'case-unknown'
  /** Nothing here shows what matched. */
  | 'case-without-secrets'
  /** The other side has published no key yet. */
  | 'case-not-opened'
  /** The hub, or somebody through it, put a key of its own in the other side's place. */
  | 'case-key-forged'
  | 'message-too-long'
  | 'message-forged';

/** A case in which nothing can be said or read. */
export class CaseFault extends Error {
  override readonly name = 'CaseFault';
  readonly kind = 'Rejected';
  constructor(
    readonly code: CaseFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A payer cannot be compared without the federation's key. Nothing was kept or sent. */
export class PayerKeyMissing extends Error {
  override readonly name = 'PayerKeyMissing';
  readonly code = 'payer-key-missing';
  readonly kind = 'Rejected';
  constructor() {
    super("payers are hashed with the federation's key, and this member has none");
  }
}
