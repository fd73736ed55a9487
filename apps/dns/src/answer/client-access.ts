import type { DnsAccess } from '@sekisho/config';
import { BlockList, isIP } from 'node:net';

/** Who may ask: everybody, or the networks of SEKISHO_DNS_ACCESS. */
export function clientAccess(access: DnsAccess): (client: string) => boolean {
  if (access.kind === 'open') return () => true;
  const allowed = new BlockList();
  for (const network of access.networks) {
    const [address = '', length = ''] = network.split('/');
    allowed.addSubnet(address, Number(length), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return (client) => {
    // A link-local client comes with its interface; a mapped IPv4 address is checked as what it is.
    const address = client.replace(/%.*$/, '');
    return allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  };
}
