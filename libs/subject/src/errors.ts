export type SubjectErrorCode = 'subject-malformed' | 'subject-not-registrable';

/** A subject that cannot be understood. The message says what is wrong and shows a valid example. */
export class SubjectInvalid extends Error {
  override readonly name = 'SubjectInvalid';
  readonly kind = 'Rejected';
  constructor(
    readonly code: SubjectErrorCode,
    message: string,
  ) {
    super(message);
  }
}
