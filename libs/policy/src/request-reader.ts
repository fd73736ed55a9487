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
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const EMPTY = new Uint8Array(0);

const USED = [
  'request',
  'protocol_state',
  'client_address',
  'client_name',
  'client_port',
  'instance',
  'recipient_count',
  'sasl_username',
];

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
  const lines = text.split('\n');
  if (lines.length > MAX_ATTRIBUTES) throw new RequestMalformed(`more than ${MAX_ATTRIBUTES} attributes`);
  const values = new Map<string, string>();
  for (const line of lines) {
    const equals = line.indexOf('=');
    const name = equals < 0 ? line : line.slice(0, equals);
    if (equals < 0 || !NAME.test(name)) throw new RequestMalformed('a line that is not name=value');
    // Unknown names are ignored, as the protocol demands.
    if (!USED.includes(name)) continue;
    if (values.has(name)) throw new RequestMalformed(`${name} twice`);
    values.set(name, line.slice(equals + 1));
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

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
