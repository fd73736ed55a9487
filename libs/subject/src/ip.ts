// Textual forms: RFC 5952 (IPv6), RFC 4632 (CIDR). Special-purpose ranges: RFC 6890 and its registries, RFC 5737, RFC 3849, RFC 9637.
import ipaddr from 'ipaddr.js';
import { SubjectInvalid } from './errors.js';

export interface Ip {
  readonly text: string;
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array;
}

export interface Network extends Ip {
  readonly prefixLength: number;
}

const bytesOf = (address: ipaddr.IPv4 | ipaddr.IPv6) => Uint8Array.from(address.toByteArray());

const [DOT, ZERO, NINE] = [46, 48, 57];

/** The canonical dotted quad only, which is what nearly every report and question holds. */
function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let at = 0;
  for (let place = 0; place < 4; place++) {
    if (place > 0 && text.charCodeAt(at++) !== DOT) return undefined;
    const first = at;
    let value = 0;
    for (let digit = text.charCodeAt(at); digit >= ZERO && digit <= NINE; digit = text.charCodeAt(++at))
      value = 10 * value + digit - ZERO;
    const digits = at - first;
    if (digits === 0 || digits > 3 || value > 255 || (digits > 1 && text.charCodeAt(first) === ZERO))
      return undefined;
    bytes[place] = value;
  }
  return at === text.length ? bytes : undefined;
}

/**
 * One address. Zone ids, ports, brackets and short or octal IPv4 forms are refused.
 * @throws {SubjectInvalid} subject-malformed
 */
export function parseIp(text: string): Ip {
  const ipv4 = parseIpv4(text);
  if (ipv4) return { text, bytes: ipv4 };
  if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)) {
    const address = ipaddr.IPv6.parse(text);
    if (address.isIPv4MappedAddress()) {
      const inner = address.toIPv4Address();
      return { text: inner.toString(), bytes: bytesOf(inner) };
    }
    return { text: address.toRFC5952String(), bytes: bytesOf(address) };
  }
  throw new SubjectInvalid(
    'subject-malformed',
    `not an IP address: ${quote(text)}. Example: 203.0.113.9 or 2001:db8::9`,
  );
}

/**
 * A CIDR block whose host bits are zero.
 * @throws {SubjectInvalid} subject-malformed
 */
export function parseNetwork(text: string): Network {
  const slash = text.lastIndexOf('/');
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length)) {
    throw new SubjectInvalid('subject-malformed', `not a network: ${quote(text)}. Example: 192.0.2.0/24`);
  }
  const written = text.slice(0, slash);
  const { bytes, text: address } = parseIp(written);
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24
  const prefixLength = Number(length) - (bytes.length === 4 && written.includes(':') ? 96 : 0);
  if (prefixLength < 0 || prefixLength > bytes.length * 8) {
    throw new SubjectInvalid(
      'subject-malformed',
      `prefix length out of range: ${quote(text)}. Example: 192.0.2.0/24`,
    );
  }
  const masked = maskBytes(bytes, prefixLength);
  if (masked.some((byte, i) => byte !== bytes[i])) {
    throw new SubjectInvalid(
      'subject-malformed',
      `host bits are set: ${quote(text)}. Did you mean ${formatBytes(masked)}/${String(prefixLength)}?`,
    );
  }
  return { text: `${address}/${String(prefixLength)}`, bytes: masked, prefixLength };
}

/** RFC 5952 text of 4 or 16 bytes. */
export function formatBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  return new ipaddr.IPv6([...bytes]).toRFC5952String();
}

export function maskBytes(bytes: Uint8Array, prefixLength: number): Uint8Array {
  const masked = Uint8Array.from(bytes);
  const whole = prefixLength >> 3;
  if (whole >= masked.length) return masked;
  masked[whole] = (masked[whole] ?? 0) & (0xff << (8 - (prefixLength & 7)));
  return masked.fill(0, whole + 1);
}

/** Whether `inner` lies wholly inside `outer`; false between families. */
export function networkContains(outer: Network, inner: Network | Ip): boolean {
  if (outer.bytes.length !== inner.bytes.length) return false;
  const innerLength = 'prefixLength' in inner ? inner.prefixLength : inner.bytes.length * 8;
  if (innerLength < outer.prefixLength) return false;
  const masked = maskBytes(inner.bytes, outer.prefixLength);
  return masked.every((byte, i) => byte === outer.bytes[i]);
}

const RESERVED: readonly Network[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
].map(parseNetwork);
const GLOBAL_V6 = parseNetwork('2000::/3');
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(parseNetwork);

/** Private, loopback, documentation, multicast, link-local or otherwise not a global unicast address (RFC 6890). */
export function isReserved(address: Network | Ip): boolean {
  const covers = (range: Network) => networkContains(range, address) || overlaps(range, address);
  if (address.bytes.length === 4) return RESERVED.some(covers);
  return !networkContains(GLOBAL_V6, address) || RESERVED_V6.some(covers);
}

function overlaps(range: Network, address: Network | Ip): boolean {
  return 'prefixLength' in address && networkContains(address, range);
}

/** The networks that an address rolls up to: /24 for IPv4, /64 and /48 for IPv6, narrowest first. */
export function rollUpNetworks(value: string): string[] {
  const { bytes } = parseIp(value);
  const lengths = bytes.length === 4 ? [24] : [64, 48];
  return lengths.map((length) => `${formatBytes(maskBytes(bytes, length))}/${String(length)}`);
}

export const quote = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
