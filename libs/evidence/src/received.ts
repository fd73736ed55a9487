// RFC 5321 section 4.4: who handed a message over. A Received line is believed only when a trusted host wrote it,
// and everything below the first peer that is not trusted may be forged.
import {
  isReserved,
  networkContains,
  parseIp,
  SubjectInvalid,
  type Ip,
  type Network,
} from '@sekisho/subject';
import { parseDate, type HeaderField } from './header-fields.js';
import type { HandOff } from './parsed-message.js';

/** The member's own border and relays. */
export interface TrustedRelays {
  readonly networks: readonly Network[];
  /** Lower-case names: what these hosts write after `by`, and the authserv-id of their results. */
  readonly hosts: readonly string[];
}

interface Hop {
  readonly by: string;
  readonly ip: Ip | undefined;
  readonly helo: string | undefined;
  readonly reverseName: string | undefined;
  readonly at: number | undefined;
}

const BRACKETED = /\[(?:IPv6:)?([0-9a-f:.]{2,45})\]/gi;
const IN_PARENTHESES = /\((?:[^()\s]+[ @])?([0-9]{1,3}(?:\.[0-9]{1,3}){3})\)/;

/** Undefined when the topmost lines are not of trusted hosts, or no line names an outside peer. */
export function findHandOff(fields: readonly HeaderField[], trusted: TrustedRelays): HandOff | undefined {
  for (const field of fields) {
    if (field.name !== 'received') continue;
    const hop = readHop(field.value);
    if (!trusted.hosts.includes(hop.by)) return undefined;
    if (!hop.ip || isInside(hop.ip, trusted)) continue;
    return {
      ip: hop.ip.text,
      ...(hop.helo !== undefined && { helo: hop.helo }),
      ...(hop.reverseName !== undefined && { reverseName: hop.reverseName }),
      ...(hop.at !== undefined && { receivedAt: hop.at }),
    };
  }
  return undefined;
}

/** Private addresses are the member's own: a public peer cannot come from one. */
function isInside(ip: Ip, trusted: TrustedRelays): boolean {
  if (trusted.networks.some((network) => networkContains(network, ip))) return true;
  return isReserved(ip) && !isDocumentation(ip.text);
}

const isDocumentation = (text: string) => /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/.test(text);

function readHop(value: string): Hop {
  const line = value.slice(0, 2_048);
  const by = /(?:^|\s)by\s+([^\s;()]+)/i.exec(line);
  // `for`, `with` and the rest follow `by`: only what stands before it is about the peer.
  const peer = by ? line.slice(0, by.index) : line;
  const from = /^from\s+([^\s;()]+)/i.exec(peer)?.[1];
  const comment = /\(([^()[\]\s]+)\s*\[/.exec(peer)?.[1];
  const name = comment?.replace(/^.*@/, '').replace(/\.$/, '').toLowerCase();
  return {
    by: (by?.[1] ?? '').replace(/\.$/, '').toLowerCase(),
    ip: readPeer(peer),
    helo: from?.startsWith('[') ? undefined : from,
    reverseName: name?.includes('.') ? name : undefined,
    at: parseDate(line.slice(line.lastIndexOf(';') + 1)),
  };
}

/** The last address is what the border host saw; an earlier one may be the peer's own HELO. */
function readPeer(peer: string): Ip | undefined {
  const bracketed = [...peer.matchAll(BRACKETED)].at(-1)?.[1];
  return tryIp(bracketed ?? IN_PARENTHESES.exec(peer)?.[1]);
}

/** An address as mail programs write it: brackets, `IPv6:`; undefined when it is none. */
export function tryIp(text: string | undefined): Ip | undefined {
  if (text === undefined) return undefined;
  try {
    return parseIp(
      text
        .trim()
        .replace(/^\[|\]$/g, '')
        .replace(/^IPv6:/i, ''),
    );
  } catch (error) {
    if (error instanceof SubjectInvalid) return undefined;
    throw error;
  }
}
