// sockaddr_in and sockaddr_in6 of Linux (ip(7), ipv6(7)).
import { formatBytes, parseIp } from '@sekisho/subject';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const ADDRESS_BYTES = 28;
const INET_BYTES = 16;

/** The structure for an address and port, in its exact length. */
export function encodeAddress(host: string, port: number): Uint8Array {
  const { bytes } = parseIp(host);
  const isInet6 = host.includes(':');
  const address = new Uint8Array(isInet6 ? ADDRESS_BYTES : INET_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, isInet6 ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  if (!isInet6) address.set(bytes, 4);
  // An IPv4-mapped address is parsed as IPv4.
  else if (bytes.length === 16) address.set(bytes, 8);
  else address.set([0xff, 0xff, ...bytes], 18);
  return address;
}

export function decodeAddress(address: Uint8Array): { readonly host: string; readonly port: number } {
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  const isInet6 = view.getUint16(0, true) === AF_INET6;
  return {
    host: formatBytes(isInet6 ? address.subarray(8, 24) : address.subarray(4, 8)),
    port: view.getUint16(2),
  };
}
