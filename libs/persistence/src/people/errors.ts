type PersonErrorCode = 'person-unknown' | 'role-not-admissible';

/** A change to people that cannot be made. */
export class PersonChangeRefused extends Error {
  override readonly name = 'PersonChangeRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: PersonErrorCode,
    message: string,
  ) {
    super(message);
  }
}
