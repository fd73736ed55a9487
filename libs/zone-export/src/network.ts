import { parseIp, parseNetwork, type Subject } from '@sekisho/subject';

/** An address or network as its octets and the length of its prefix. */
export interface Prefix {
  readonly bytes: Uint8Array;
  readonly length: number;
}

export function prefixOf({ type, value }: Subject): Prefix {
  if (type === 'ip') {
    const { bytes } = parseIp(value);
    return { bytes, length: bytes.length * 8 };
  }
  const { bytes, prefixLength } = parseNetwork(value);
  return { bytes, length: prefixLength };
}

export const isIpv4 = ({ bytes }: Prefix): boolean => bytes.length === 4;
export const isHost = ({ bytes, length }: Prefix): boolean => length === bytes.length * 8;

/** `length/bits` of a prefix cut to a length. */
export function prefixKey({ bytes }: Prefix, length: number): string {
  const cut = Array.from(bytes, (octet, i) => {
    const bits = Math.min(8, Math.max(0, length - i * 8));
    return octet & (0xff00 >> bits) & 0xff;
  });
  return `${length}/${cut.join('.')}`;
}
