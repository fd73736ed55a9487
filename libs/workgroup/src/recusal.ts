import { networkContains, parseIp, parseNetwork, readSubject, type Network } from '@sekisho/subject';
import type { Elector } from './tally.js';
import type { ActionKind } from './vocabulary.js';

export interface Membership {
  readonly memberId: string;
  /** CIDR blocks. */
  readonly networks: readonly string[];
  /** Domains that it proved to be its own. */
  readonly domains: readonly string[];
}

/** The members that are heard, and which of them do not vote because an action is about what is theirs. */
export const electorsOf = (
  {
    kind,
    subjects,
    concerns,
  }: { kind: ActionKind; subjects: readonly string[]; concerns: string | undefined },
  members: readonly Membership[],
): Elector[] =>
  members.map((member) => ({
    memberId: member.memberId,
    isRecused:
      (kind === 'member-suspension' && concerns === member.memberId) ||
      subjects.some((subject) => isConcerned(member, subject)),
  }));

/** Whether a subject lies in, or covers, what is the member's. */
function isConcerned({ networks, domains }: Membership, text: string): boolean {
  const { type, value } = readSubject(text);
  if (type === 'domain') return domains.some((own) => value === own || value.endsWith(`.${own}`));
  if (type !== 'ip' && type !== 'network') return false;
  const subject = type === 'ip' ? asNetwork(value) : parseNetwork(value);
  return networks
    .map((network) => parseNetwork(network))
    .some((own) => networkContains(own, subject) || networkContains(subject, own));
}

function asNetwork(address: string): Network {
  const { bytes, text } = parseIp(address);
  return { bytes, prefixLength: bytes.length * 8, text: `${text}/${bytes.length * 8}` };
}
