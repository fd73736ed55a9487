/** What the caller can do: fix the input, wait and repeat, wait for the hub, or quote the error id. */
export type FailureKind = 'Rejected' | 'Busy' | 'Unavailable' | 'Bug';

/** No answer came from the hub: refused connection, unknown name, time-out, broken transfer. Repeating is safe. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';
  readonly code = 'hub-unreachable';
  readonly kind = 'Unavailable';
  constructor(
    readonly url: string,
    /** In words: `connection refused`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`cannot reach ${url}: ${reason}`, options);
  }
}

/** The hub answered no: RFC 9457 problem details, an OAuth error (RFC 6749 section 5.2) or a GraphQL error. */
export class HubRefused extends Error {
  override readonly name = 'HubRefused';
  readonly kind: FailureKind;
  /** HTTP status; 200 for an error inside a GraphQL answer. */
  readonly status: number;
  /** The hub's own code, such as `enrolment-code-invalid`; `http-NNN` when it gave none. */
  readonly code: string;
  readonly detail: string;
  /** From Retry-After, where the hub sent it. */
  readonly retryAfterSeconds: number | undefined;
  /** What the hub's operator can find in the log. */
  readonly errorId: string | undefined;
  constructor(fields: {
    status: number;
    code: string;
    detail: string;
    retryAfterSeconds?: number | undefined;
    errorId?: string | undefined;
  }) {
    super(`the hub refused: ${fields.code}: ${fields.detail}`);
    this.status = fields.status;
    this.code = fields.code;
    this.detail = fields.detail;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.errorId = fields.errorId;
    this.kind = kindOf(fields.status);
  }
}

function kindOf(status: number): FailureKind {
  if (status === 429 || status === 503) return 'Busy';
  if (status === 502 || status === 504) return 'Unavailable';
  return status >= 500 ? 'Bug' : 'Rejected';
}

/** Something answered, but not as a hub answers. Usually the URL is of another service. */
export class HubAnswerInvalid extends Error {
  override readonly name = 'HubAnswerInvalid';
  readonly code = 'hub-answer-invalid';
  readonly kind = 'Bug';
  constructor(
    readonly url: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${url} did not answer as a Sekisho hub: ${reason}`, options);
  }
}

/** The hub at the member's URL has another id than the one where the member enrolled. Nothing was sent. */
export class HubChanged extends Error {
  override readonly name = 'HubChanged';
  readonly code = 'hub-changed';
  readonly kind = 'Rejected';
  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`enrolled at hub ${expected}, but the hub at this URL calls itself ${found}`);
  }
}

export type MemberDirectoryFaultCode =
  | 'member-directory-missing'
  | 'member-not-enrolled'
  | 'member-already-enrolled'
  | 'member-file-unreadable'
  | 'member-file-malformed'
  | 'member-file-exposed';

/** The member's directory cannot be used as it is. `remedy` says what its owner can do. */
export class MemberDirectoryFault extends Error {
  override readonly name = 'MemberDirectoryFault';
  readonly kind = 'Rejected';
  constructor(
    readonly code: MemberDirectoryFaultCode,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
