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
const LETTER = 1;
/** By octet: LETTER, or 2 for what may follow one in a name. */
const NAME_OCTETS = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z]/.test(character) ? LETTER : /[0-9_]/.test(character) ? 2 : 0;
});
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
] as const;
/** Their places in it. */
const [KIND, STATE, ADDRESS, NAME, PORT, INSTANCE, RECIPIENTS, LOGIN] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const octetsOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const USED_OCTETS = USED.map(octetsOf);
/** By the length of the name, their places in USED: most of the thirty that are not used have another. */
const USED_BY_LENGTH = Array.from({ length: MAX_NAME_LENGTH + 1 }, (_, length) =>
  USED_OCTETS.flatMap((octets, place) => (octets.length === length ? [place] : [])),
);
const REQUEST = 'smtpd_access_policy';
const REQUEST_OCTETS = octetsOf(REQUEST);

/** Takes a connection's bytes in any pieces, and gives its requests. */
export class RequestReader {
  private rest: Uint8Array = EMPTY;
  private readonly decoder = new TextDecoder('utf-8');
  /** Of the values of USED; no value begins at 0, where the first name is. */
  private readonly begins = USED.map(() => 0);
  private readonly ends = USED.map(() => 0);

  /** Bytes of a request that is not complete. */
  get pendingBytes(): number {
    return this.rest.length;
  }

  /**
   * Gives the requests that these bytes complete, in their order.
   * @throws {RequestMalformed} after the good requests before it, and then the connection is of no use
   */
  push(chunk: Uint8Array, take: (request: PolicyRequest) => void): void {
    const { rest } = this;
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    const complete = endOfRequests(bytes, rest.length - 1);
    // A copy: the chunk belongs to whoever read it.
    this.rest = complete === bytes.length ? EMPTY : Uint8Array.from(bytes.subarray(complete));
    if (complete > 0) {
      const text = this.decoder.decode(complete === bytes.length ? bytes : bytes.subarray(0, complete));
      for (let start = 0; start < complete;) {
        if (bytes[start] === NEWLINE) throw new RequestMalformed('an empty request');
        const end = this.findValues(bytes, start);
        take(this.request(bytes, text, complete));
        start = end;
      }
    }
    if (this.rest[0] === NEWLINE) throw new RequestMalformed('an empty request');
    checkLength(this.rest.length);
  }

  /** Where the values of USED are in the request that begins at `start`. @returns where the next begins */
  private findValues(bytes: Uint8Array, start: number): number {
    const { begins, ends } = this;
    for (let place = 0; place < begins.length; place++) begins[place] = 0;
    let attributes = 0;
    let at = start;
    while (bytes[at] !== NEWLINE) {
      if (++attributes > MAX_ATTRIBUTES) throw new RequestMalformed(`more than ${MAX_ATTRIBUTES} attributes`);
      const name = at;
      if (NAME_OCTETS[bytes[at] ?? 0] === LETTER)
        do at++;
        while ((NAME_OCTETS[bytes[at] ?? 0] ?? 0) > 0);
      const length = at - name;
      if (bytes[at] !== EQUALS || length === 0 || length > MAX_NAME_LENGTH)
        throw new RequestMalformed('a line that is not name=value');
      const value = ++at;
      // An empty line ends what was given, so there is a newline ahead. Few octets are lower, and most lines are of no use here.
      for (let octet = bytes[at] ?? 0; octet !== NEWLINE; octet = bytes[++at] ?? 0) {
        while (octet > NEWLINE) octet = bytes[++at] ?? 0;
        if (octet === NEWLINE) break;
        if (octet === 0) throw new RequestMalformed('a NUL character');
      }
      // Unknown names are ignored, as the protocol demands.
      for (const place of USED_BY_LENGTH[length] ?? []) {
        if (!isAt(USED_OCTETS[place] ?? EMPTY, bytes, name)) continue;
        if (begins[place] !== 0) throw new RequestMalformed(`${USED[place] ?? ''} twice`);
        begins[place] = value;
        ends[place] = at;
      }
      at++;
    }
    checkLength(at - 1 - start);
    return at + 1;
  }

  /** @param text all of the complete bytes */
  private request(bytes: Uint8Array, text: string, complete: number): PolicyRequest {
    const { begins, ends } = this;
    const value = (place: number): string | undefined => {
      const begin = begins[place] ?? 0;
      const end = begin === 0 ? 0 : (ends[place] ?? 0);
      if (begin === end) return undefined;
      // In ASCII, which nearly all are, each octet is one character of the text.
      return text.length === complete
        ? text.slice(begin, end)
        : this.decoder.decode(bytes.subarray(begin, end));
    };
    const kind = begins[KIND] ?? 0;
    const isAsked = kind > 0 && (ends[KIND] ?? 0) - kind === REQUEST.length;
    if (!isAsked || !isAt(REQUEST_OCTETS, bytes, kind)) throw new RequestMalformed(`not request=${REQUEST}`);
    return {
      protocolState: value(STATE) ?? '',
      clientAddress: given(value(ADDRESS)),
      clientName: given(value(NAME)),
      clientPort: given(value(PORT)),
      instance: given(value(INSTANCE)),
      recipientCount: countOf(value(RECIPIENTS)),
      saslUsername: given(value(LOGIN)),
    };
  }
}

const countOf = (text: string | undefined): number =>
  text !== undefined && text !== '0' && /^\d{1,7}$/.test(text) ? Number(text) : 0;

function isAt(octets: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < octets.length; i++) if (octets[i] !== bytes[at + i]) return false;
  return true;
}

/** Behind the last empty line that does not end before `from`; 0: there is none. */
function endOfRequests(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  // Nearly always the bytes are one request, whole.
  if (bytes[length - 1] === NEWLINE && bytes[length - 2] === NEWLINE) return length;
  for (let at = length; at > 0;) {
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

const given = (value: string | undefined) => (value === 'unknown' ? undefined : value);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
