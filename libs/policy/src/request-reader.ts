// The asking side of Postfix's policy delegation protocol: SMTPD_POLICY_README, "Protocol description". Lines of
// name=value, an empty line ends a request, and a connection carries many.

/** What a decision needs; absent, empty and unknown values are undefined. */
export interface PolicyRequest {
  readonly protocolState: string;
  readonly clientAddress: string | undefined;
  readonly clientName: string | undefined;
  readonly clientPort: string | undefined;
  /** The same for all questions about one message. */
  readonly instance: string | undefined;
  readonly recipientCount: number;
  readonly saslUsername: string | undefined;
}

/** Not a request of the protocol: log, and close without an answer, as the protocol wants it. */
export class RequestMalformed extends Error {
  override readonly name = 'RequestMalformed';
  readonly code = 'policy-request-malformed';
  readonly kind = 'Rejected';
}

/** Postfix sends some 40 attributes in about 1 kB; certificates and long addresses add a few more. */
const MAX_REQUEST_BYTES = 65_536;
const MAX_ATTRIBUTES = 256;
const NEWLINE = 10;
const EQUALS = 61;
const MAX_NAME_LENGTH = 64;
/** Code points of names: 1 a letter, 2 what may follow one. */
const NAME_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z]/.test(character) ? 1 : /[0-9_]/.test(character) ? 2 : 0;
});
const EMPTY = new Uint8Array(0);
const END = '\n\n';

const USED = [
  'request',
  'protocol_state',
  'client_address',
  'client_name',
  'client_port',
  'instance',
  'recipient_count',
  'sasl_username',
] as const;
type Used = (typeof USED)[number];
/** By the length of the name: most of the thirty that are not used have another. */
const USED_BY_LENGTH = Array.from({ length: MAX_NAME_LENGTH + 1 }, (_, length) =>
  USED.filter((name) => name.length === length),
);

/** Takes a connection's bytes in any pieces, and gives its requests. */
export class RequestReader {
  private rest: Uint8Array = EMPTY;
  private readonly decoder = new TextDecoder('utf-8');

  /** Bytes of a request that is not complete. */
  get pendingBytes(): number {
    return this.rest.length;
  }

  /**
   * The requests that these bytes complete, in their order; to be read to the end before the next bytes.
   * @throws {RequestMalformed} after the good requests before it, and then the connection is of no use
   */
  *push(chunk: Uint8Array): Generator<PolicyRequest, void, undefined> {
    const { rest } = this;
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    const complete = endOfRequests(bytes, rest.length - 1);
    // A copy: the chunk belongs to whoever read it.
    this.rest = complete === bytes.length ? EMPTY : Uint8Array.from(bytes.subarray(complete));
    const text = this.decoder.decode(bytes.subarray(0, complete));
    for (let start = 0; start < text.length;) {
      const end = text.indexOf(END, start);
      if (end === start) throw new RequestMalformed('an empty request');
      checkLength(end - start);
      yield readRequest(text.slice(start, end));
      start = end + END.length;
    }
    if (this.rest[0] === NEWLINE) throw new RequestMalformed('an empty request');
    checkLength(this.rest.length);
  }
}

/** Behind the last empty line that does not end before `from`; 0: there is none. */
function endOfRequests(bytes: Uint8Array, from: number): number {
  for (let at = bytes.length; at > 0;) {
    at = bytes.lastIndexOf(NEWLINE, at - 1);
    if (at <= Math.max(0, from)) return 0;
    if (bytes[at - 1] === NEWLINE) return at + 1;
  }
  return 0;
}

function checkLength(length: number): void {
  if (length > MAX_REQUEST_BYTES)
    throw new RequestMalformed(`a request of more than ${MAX_REQUEST_BYTES} bytes`);
}

function readRequest(text: string): PolicyRequest {
  if (text.includes('\0')) throw new RequestMalformed('a NUL character');
  const values: Partial<Record<Used, string>> = {};
  let attributes = 0;
  for (let start = 0, end = 0; end < text.length; start = end + 1) {
    const newline = text.indexOf('\n', start);
    end = newline < 0 ? text.length : newline;
    if (++attributes > MAX_ATTRIBUTES) throw new RequestMalformed(`more than ${MAX_ATTRIBUTES} attributes`);
    const equals = endOfName(text, start);
    if (equals < 0) throw new RequestMalformed('a line that is not name=value');
    // Unknown names are ignored, as the protocol demands.
    for (const name of USED_BY_LENGTH[equals - start] ?? []) {
      if (!text.startsWith(name, start)) continue;
      if (values[name] !== undefined) throw new RequestMalformed(`${name} twice`);
      values[name] = text.slice(equals + 1, end);
    }
  }
  if (values.request !== 'smtpd_access_policy') throw new RequestMalformed('not request=smtpd_access_policy');
  const { recipient_count: count = '' } = values;
  return {
    protocolState: values.protocol_state ?? '',
    clientAddress: given(values.client_address),
    clientName: given(values.client_name),
    clientPort: given(values.client_port),
    instance: given(values.instance),
    recipientCount: /^\d{1,7}$/.test(count) ? Number(count) : 0,
    saslUsername: given(values.sasl_username),
  };
}

const given = (value: string | undefined) => (value === '' || value === 'unknown' ? undefined : value);

/** The place of the = after a name that begins there; -1: there is no name and =. */
function endOfName(text: string, start: number): number {
  if (NAME_CHARACTERS[text.charCodeAt(start)] !== 1) return -1;
  let at = start + 1;
  while ((NAME_CHARACTERS[text.charCodeAt(at)] ?? 0) > 0) at++;
  return text.charCodeAt(at) === EQUALS && at - start <= MAX_NAME_LENGTH ? at : -1;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
