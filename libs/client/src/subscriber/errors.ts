import { HubRefused, HubUnreachable, type FailureKind } from '../errors.js';

/**
 * A holder of a key share shows this member another key than before, or than it shows the other party. Nothing was
 * registered or asked: with a key of its own for one member it could tell that member's tokens from all others.
 */
export class KeyMismatch extends Error {
  override readonly name = 'KeyMismatch';
  readonly code = 'oprf-key-mismatch';
  readonly kind = 'Rejected';
  constructor(
    readonly party: 'hub' | 'trustee',
    readonly epoch: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`the ${party} does not use the key of ${epoch} that it published: ${detail}`, options);
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
