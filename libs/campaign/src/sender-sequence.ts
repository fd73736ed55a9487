// One sender identity that writes several innocent-looking messages in a few days, each to somebody else. No message is
// a campaign of its own; the hash of the sender's address, or of its pattern, is what links them.
import { normaliseAddress, hashAddress } from '@sekisho/subject';

export interface SentMessage {
  /** SHA-256 of the normalised address, or of its pattern. */
  readonly senderHash: string;
  readonly member: string;
  readonly at: number;
  /** A short text or a sealed message: what single checks do not see. */
  readonly isShort: boolean;
}

export interface SenderSequence {
  readonly senderHash: string;
  readonly messages: number;
  readonly members: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export const SEQUENCE_WINDOW_MS = 2 * 86_400_000;
const MIN_MESSAGES = 3;
const MIN_MEMBERS = 2;

/**
 * The hash of the address with the digits of the local part taken out: `anna1984`, `anna1985` and `anna77` at one
 * free-mail provider are one pattern. Made at the member. @throws {SubjectInvalid}
 */
export function senderPatternHash(address: string): string {
  const normal = normaliseAddress(address);
  const at = normal.lastIndexOf('@');
  const local = normal.slice(0, at).replace(/[\d._-]+/g, '');
  return hashAddress(`${local === '' ? 'digits' : local}@${normal.slice(at + 1)}`);
}

/** Senders with at least 3 short messages at 2 members within 2 days, by first appearance. */
export function senderSequences(messages: readonly SentMessage[]): SenderSequence[] {
  const bySender = Map.groupBy(
    messages.filter(({ isShort }) => isShort),
    ({ senderHash }) => senderHash,
  );
  const found: SenderSequence[] = [];
  for (const [senderHash, all] of bySender) {
    const sent = all.toSorted((a, b) => a.at - b.at);
    for (let from = 0, to = 0; from < sent.length; from++) {
      const first = sent[from]?.at ?? 0;
      while (to < sent.length && (sent[to]?.at ?? 0) - first <= SEQUENCE_WINDOW_MS) to++;
      const window = sent.slice(from, to);
      const members = new Set(window.map(({ member }) => member)).size;
      if (window.length < MIN_MESSAGES || members < MIN_MEMBERS) continue;
      found.push({
        senderHash,
        messages: window.length,
        members,
        firstSeen: first,
        lastSeen: window.at(-1)?.at ?? first,
      });
      break;
    }
  }
  return found.sort((a, b) => a.firstSeen - b.firstSeen);
}
