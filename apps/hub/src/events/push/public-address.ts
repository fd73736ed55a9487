// The hub calls addresses that members name. It must not be made to call what only it can reach: its own machine, its
// network, the metadata service of its cloud.
import ipaddr from 'ipaddr.js';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** An endpoint that the hub does not call. */
export class EndpointRefused extends Error {
  override readonly name = 'EndpointRefused';
  readonly kind = 'Rejected';
  readonly code = 'endpoint-refused';
}

/** Answers on public addresses of Azure machines only, and to them alone. */
const AZURE_METADATA = '168.63.129.16';

/** Whether an address is one of the public internet. Addresses that carry an IPv4 address inside are judged by it, or refused. */
export function isPublicAddress(text: string): boolean {
  const address = ipaddr.process(text);
  return address.range() === 'unicast' && address.toString() !== AZURE_METADATA;
}

export interface EndpointRules {
  /** Demo and tests: loopback by http is allowed, and nothing else that is not public. */
  readonly isLoopbackAllowed: boolean;
}

const isLoopback = (text: string) => ipaddr.process(text).range() === 'loopback';

const isCallable = (address: string, { isLoopbackAllowed }: EndpointRules) =>
  isPublicAddress(address) || (isLoopbackAllowed && isLoopback(address));

/**
 * The URL of an endpoint that may be called as far as its text tells.
 * @throws {EndpointRefused}
 */
export function readEndpoint(text: string, rules: EndpointRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const host = url && hostOf(url);
  const isHttp =
    rules.isLoopbackAllowed && url?.protocol === 'http:' && host && isIP(host) && isLoopback(host);
  if (!url || !host || (url.protocol !== 'https:' && !isHttp)) {
    throw new EndpointRefused('endpoint: not an https:// URL. Example: https://abuse.isp-a.example/events');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new EndpointRefused('endpoint: put the password into the authorization, and no fragment');
  }
  if (isIP(host) && !isCallable(host, rules)) {
    throw new EndpointRefused('endpoint: not an address of the public internet');
  }
  return url;
}

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * The addresses of a host, each of which may be called. The connection is to be made to one of these and not to what a
 * second look-up says: a name that changes between the two looks would lead inside.
 * @throws {EndpointRefused} when one of them is not public; the resolver's error when there is none
 */
export async function callableAddresses(host: string, rules: EndpointRules): Promise<LookupAddress[]> {
  const family = isIP(host);
  const addresses = family > 0 ? [{ address: host, family }] : await lookup(host, { all: true });
  if (!addresses.every(({ address }) => isCallable(address, rules))) {
    throw new EndpointRefused('the endpoint is not, or not only, at addresses of the public internet');
  }
  return addresses;
}
