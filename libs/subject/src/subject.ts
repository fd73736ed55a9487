import { parseAddressHash } from './hash.js';
import { parseDomain } from './domain.js';
import { SubjectInvalid } from './errors.js';
import { parseIp, parseNetwork } from './ip.js';

export const SUBJECT_TYPES = ['ip', 'network', 'domain', 'address', 'fingerprint', 'subscriber'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What a report is about. `value` is always canonical: two equal subjects have equal values. */
export interface Subject {
  readonly type: SubjectType;
  readonly value: string;
}

// RFC 9497 outputs are 64 bytes; half a digest (32 bytes) is what a member may store.
const OPRF_TOKEN = /^[A-Za-z0-9_-]{43}(?:[A-Za-z0-9_-]{43})?$/;

/**
 * The canonical subject of a type and a value as a member wrote it.
 * IPv4-mapped IPv6 is the IPv4 address; a network of one address is that address.
 * @throws {SubjectInvalid}
 */
export function parseSubject(type: SubjectType, value: string): Subject {
  switch (type) {
    case 'ip':
      return { type, value: parseIp(value).text };
    case 'network': {
      const network = parseNetwork(value);
      const isSingle = network.prefixLength === network.bytes.length * 8;
      return isSingle
        ? { type: 'ip', value: parseIp(network.text.slice(0, network.text.indexOf('/'))).text }
        : { type, value: network.text };
    }
    case 'domain':
      return { type, value: parseDomain(value) };
    case 'address':
    case 'fingerprint':
      return { type, value: parseAddressHash(value, type) };
    case 'subscriber':
      if (!OPRF_TOKEN.test(value)) {
        throw new SubjectInvalid(
          'subject-malformed',
          'subscriber: not an OPRF token of 43 or 86 base64url characters',
        );
      }
      return { type, value };
  }
}

/**
 * Reads a subject as a person types it: `203.0.113.9`, `2001:db8::/48`, `example.com`,
 * `address:<sha-256>`, `fingerprint:<sha-256>`. A prefix `ip:`, `network:` or `domain:` is allowed.
 * @throws {SubjectInvalid}
 */
export function readSubject(text: string): Subject {
  const trimmed = text.trim();
  const prefixed = /^(ip|network|domain|address|fingerprint|subscriber):(.+)$/s.exec(trimmed);
  if (prefixed) return parseSubject(prefixed[1] as SubjectType, prefixed[2] ?? '');
  if (trimmed.includes('@')) {
    throw new SubjectInvalid(
      'subject-malformed',
      'an e-mail address is never sent in the clear: use address: and its SHA-256, as `sekisho report address` makes it',
    );
  }
  if (trimmed.includes('/')) return parseSubject('network', trimmed);
  if (trimmed.includes(':') || /^[\d.]+$/.test(trimmed)) return parseSubject('ip', trimmed);
  return parseSubject('domain', trimmed);
}

/** The inverse of readSubject: bare for addresses, networks and domains, prefixed for the hashed types. */
export function formatSubject(subject: Subject): string {
  return subject.type === 'ip' || subject.type === 'network' || subject.type === 'domain'
    ? subject.value
    : `${subject.type}:${subject.value}`;
}
