import { formatBytes, networkContains, type Network } from './ip.js';

/**
 * What is left of a network without its exceptions, as the fewest networks, in order. Each exception costs at most one
 * network a bit between the two prefix lengths.
 */
export function subtractNetworks(network: Network, exceptions: readonly Network[]): Network[] {
  if (exceptions.some((exception) => networkContains(exception, network))) return [];
  const inside = exceptions.filter((exception) => networkContains(network, exception));
  if (inside.length === 0) return [network];
  return halvesOf(network).flatMap((half) => subtractNetworks(half, inside));
}

function halvesOf({ bytes, prefixLength }: Network): Network[] {
  const length = prefixLength + 1;
  const upper = Uint8Array.from(bytes);
  const at = prefixLength >> 3;
  upper[at] = (upper[at] ?? 0) | (0x80 >> (prefixLength & 7));
  return [bytes, upper].map((half) => ({
    ...{ text: `${formatBytes(half)}/${String(length)}`, bytes: half, prefixLength: length },
  }));
}
