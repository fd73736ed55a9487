import { isIPv4 } from 'node:net';

/** The 4 or 16 octets of a client's address as sockets give it: with interface, or IPv4 mapped into IPv6. */
export function octetsOfClient(client: string): Uint8Array {
  const address = client.replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  const octets = new Uint8Array(16);
  const [head = '', tail] = address.split('::');
  const put = (groups: readonly string[], first: number) => {
    groups.forEach((group, i) => {
      const word = Number.parseInt(group, 16);
      octets.set([word >> 8, word & 255], (first + i) * 2);
    });
  };
  const back = tail ? tail.split(':') : [];
  if (head !== '') put(head.split(':'), 0);
  put(back, 8 - back.length);
  return octets;
}
