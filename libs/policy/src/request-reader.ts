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

const USED = new Set([
  'request',
  'protocol_state',
  'client_address',
  'client_name',
  'client_port',
  'instance',
  'recipient_count',
  'sasl_username',
]);
const LENGTHS = new Set([...USED].map(({ length }) => length));

/** Takes a connection's bytes in any pieces, and gives its requests. */
export class RequestReader {
  private rest: Uint8Array = EMPTY;
  /** Up to here the rest has no end of a request. */
  private scanned = 0;
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
    const bytes = this.rest.length === 0 ? chunk : joined(this.rest, chunk);
    let start = 0;
    let at = this.scanned;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline < 0) {
        at = bytes.length;
        break;
      }
      at = newline + 1;
      if (newline === start) throw new RequestMalformed('an empty request');
      if (at === bytes.length) {
        // Whether an empty line follows is in the next chunk: look at this newline again.
        at = newline;
        break;
      }
      if (bytes[at] !== NEWLINE) continue;
      if (newline - start > MAX_REQUEST_BYTES) break;
      yield readRequest(this.decoder.decode(bytes.subarray(start, newline)));
      start = at + 1;
      at = start;
    }
    if (bytes.length - start > MAX_REQUEST_BYTES)
      throw new RequestMalformed(`a request of more than ${MAX_REQUEST_BYTES} bytes`);
    this.rest = start === bytes.length ? EMPTY : Uint8Array.from(bytes.subarray(start));
    this.scanned = Math.max(0, at - start);
  }
}

function readRequest(text: string): PolicyRequest {
  if (text.includes('\0')) throw new RequestMalformed('a NUL character');
  const values = new Map<string, string>();
  let attributes = 0;
  for (let start = 0, end = 0; end < text.length; start = end + 1) {
    const newline = text.indexOf('\n', start);
    end = newline < 0 ? text.length : newline;
    if (++attributes > MAX_ATTRIBUTES) throw new RequestMalformed(`more than ${MAX_ATTRIBUTES} attributes`);
    const equals = endOfName(text, start);
    if (equals < 0) throw new RequestMalformed('a line that is not name=value');
    // Unknown names are ignored, as the protocol demands; there are some thirty.
    const name = LENGTHS.has(equals - start) ? text.slice(start, equals) : '';
    if (!USED.has(name)) continue;
    if (values.has(name)) throw new RequestMalformed(`${name} twice`);
    values.set(name, text.slice(equals + 1, end));
  }
  if (values.get('request') !== 'smtpd_access_policy')
    throw new RequestMalformed('not request=smtpd_access_policy');
  const given = (name: string): string | undefined => {
    const value = values.get(name);
    return value === '' || value === 'unknown' ? undefined : value;
  };
  const count = values.get('recipient_count') ?? '';
  return {
    protocolState: values.get('protocol_state') ?? '',
    clientAddress: given('client_address'),
    clientName: given('client_name'),
    clientPort: given('client_port'),
    instance: given('instance'),
    recipientCount: /^\d{1,7}$/.test(count) ? Number(count) : 0,
    saslUsername: given('sasl_username'),
  };
}

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
