// What else to look at from an address: the networks that scores are rolled up to (docs/reputation.md).
import ipaddr from 'ipaddr.js';

/** /24 for IPv4; /64 and /48 for IPv6. */
const WIDTHS = { ipv4: [24], ipv6: [64, 48] } as const;

/** The networks around an address or network, narrowest first; none for what is neither. */
export function networksAround(subject: string): string[] {
  const [address = '', length] = subject.split('/');
  if (!ipaddr.isValid(address)) return [];
  const parsed = ipaddr.parse(address);
  const own = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
  return WIDTHS[parsed.kind()]
    .filter((width) => width < own)
    .map((width) => {
      const text = `${address}/${String(width)}`;
      const network =
        parsed.kind() === 'ipv4'
          ? ipaddr.IPv4.networkAddressFromCIDR(text).toString()
          : ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String();
      return `${network}/${String(width)}`;
    });
}
