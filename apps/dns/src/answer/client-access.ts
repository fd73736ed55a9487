import type { DnsAccess } from '@sekisho/config';
import { BlockList, isIP } from 'node:net';

/** Who may ask: everybody, or the networks of SEKISHO_DNS_ACCESS. With `key` the name decides, not the address. */
export function clientAccess(access: DnsAccess): (client: string) => boolean {
  return access.kind === 'networks' ? inNetworks(access.networks) : () => true;
}

/** Whether a client is in one of these networks. */
export function inNetworks(networks: readonly string[]): (client: string) => boolean {
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', length = ''] = network.split('/');
    allowed.addSubnet(address, Number(length), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return (client) => {
    // A link-local client comes with its interface; a mapped IPv4 address is checked as what it is.
    const address = client.replace(/%.*$/, '');
    return allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  };
}
