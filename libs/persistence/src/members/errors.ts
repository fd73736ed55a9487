type MemberErrorCode =
  | 'member-exists'
  | 'member-unknown'
  | 'member-suspended'
  | 'enrolment-code-invalid'
  | 'key-in-use'
  | 'key-superseded'
  | 'network-taken';

/** A change to members that cannot be made. */
export class MemberChangeRefused extends Error {
  override readonly name = 'MemberChangeRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: MemberErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const memberUnknown = (id: string): MemberChangeRefused =>
  new MemberChangeRefused('member-unknown', `no member ${id}; see sekisho admin member list`);
