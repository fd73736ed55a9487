import { networkContains, parseIp, parseNetwork, SubjectInvalid, type Subject } from '@sekisho/subject';

/**
 * Whether a request from an address speaks for a subject: it is the address itself, lies in the same /64 (one link, one
 * customer), or in the network.
 */
export function speaksFor(address: string, { type, value }: Subject): boolean {
  if (type !== 'ip' && type !== 'network') return false;
  try {
    const from = parseIp(address);
    if (type === 'network') return networkContains(parseNetwork(value), from);
    const own = parseIp(value);
    if (own.text === from.text) return true;
    const isSameFamily = own.bytes.length === 16 && from.bytes.length === 16;
    return isSameFamily && networkContains(parseNetwork(`${value}/64`), from);
  } catch (error) {
    if (error instanceof SubjectInvalid) return false;
    throw error;
  }
}
