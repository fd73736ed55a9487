// The socket map protocol of Sendmail (Installation and Operation Guide, "Socket map" in section 5.11), which Postfix calls
// socketmap_table(5): netstrings, "MAP KEY" asks, "OK VALUE" or "NOTFOUND " answers. It carries a policy request to servers that do not
// know Postfix's policy delegation. A key here is ADDRESS/PORT/INSTANCE/LOGIN, of which all but the address may be missing or empty.
import { RequestMalformed, type PolicyRequest } from './request-reader.js';
import { NO_OPINION } from './action-text.js';

const MAX_REQUEST_BYTES = 4_096;
const MAX_DIGITS = 4;
const COLON = 58;
const COMMA = 44;
const EMPTY = new Uint8Array(0);

/** What Sendmail writes before an IPv6 address, as SMTP does (RFC 5321 section 4.1.3). */
const IPV6_TAG = /^IPv6:/i;

/** Takes a connection's bytes in any pieces, and gives its requests. */
export class MapRequestReader {
  private rest: Uint8Array = EMPTY;
  private readonly decoder = new TextDecoder('utf-8');

  /**
   * Gives the requests that these bytes complete, in their order.
   * @throws {RequestMalformed} after the good requests before it, and then the connection is of no use
   */
  push(chunk: Uint8Array, take: (request: PolicyRequest) => void): void {
    const bytes = new Uint8Array(this.rest.length + chunk.length);
    bytes.set(this.rest);
    bytes.set(chunk, this.rest.length);
    let start = 0;
    while (start < bytes.length) {
      const colon = bytes.subarray(start, start + MAX_DIGITS + 1).indexOf(COLON);
      const digits = this.decoder.decode(
        bytes.subarray(start, colon < 0 ? start + MAX_DIGITS + 1 : start + colon),
      );
      if (!/^\d{1,4}$/.test(digits)) throw new RequestMalformed('not the length of a netstring');
      if (colon < 0) break;
      const length = Number(digits);
      if (length > MAX_REQUEST_BYTES)
        throw new RequestMalformed(`a request of more than ${MAX_REQUEST_BYTES} bytes`);
      const from = start + colon + 1;
      if (bytes.length <= from + length) break;
      if (bytes[from + length] !== COMMA)
        throw new RequestMalformed('a netstring without a comma at its end');
      take(readMapRequest(this.decoder.decode(bytes.subarray(from, from + length))));
      start = from + length + 1;
    }
    this.rest = bytes.slice(start);
  }
}

/** The answer to a request of a map: the value of `action=`, or "not found" when there is no opinion. */
export function mapReply(text: string): string {
  const reply = text === NO_OPINION ? 'NOTFOUND ' : `OK ${text}`;
  return `${new TextEncoder().encode(reply).length}:${reply},`;
}

function readMapRequest(text: string): PolicyRequest {
  const space = text.indexOf(' ');
  if (space < 1) throw new RequestMalformed('a request without a key');
  const [address = '', port, instance, ...login] = text.slice(space + 1).split('/');
  const given = (value: string | undefined) => (value === undefined || value === '' ? undefined : value);
  return {
    protocolState: 'RCPT',
    clientAddress: given(address.replace(IPV6_TAG, '')),
    clientName: undefined,
    clientPort: given(port),
    instance: given(instance),
    recipientCount: 0,
    saslUsername: given(login.join('/')),
  };
}
