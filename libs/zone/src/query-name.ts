import {
  formatBytes,
  hashLabel,
  parseIp,
  parseNetwork,
  parseSubject,
  SubjectInvalid,
  type Subject,
} from '@sekisho/subject';
import { isAddressZone, type ZoneName } from './zone-name.js';

/**
 * The name to look up for a subject, without a final dot: `9.113.0.203.ip.sekisho.example`.
 * A network gives the name of its first address: every address in it answers.
 * @throws {RangeError} for a subject that the zone cannot hold
 */
export function queryName(subject: Subject, zone: ZoneName, apex: string): string {
  return `${labelsOf(subject, zone).join('.')}.${zone}.${apex}`;
}

function labelsOf(subject: Subject, zone: ZoneName): string[] {
  const isScore = zone === 'score';
  switch (subject.type) {
    case 'ip':
    case 'network':
      if (!isAddressZone(zone)) break;
      return reversed(
        subject.type === 'ip' ? parseIp(subject.value).bytes : parseNetwork(subject.value).bytes,
      );
    case 'domain':
      if (zone !== 'domain' && !isScore) break;
      return [subject.value];
    case 'address':
    case 'fingerprint':
      if (zone !== 'hash' && !isScore) break;
      return [hashLabel(subject.value)];
    case 'subscriber':
      break;
  }
  throw new RangeError(`zone ${zone} holds no ${subject.type}`);
}

function reversed(bytes: Uint8Array): string[] {
  if (bytes.length === 4) return [...bytes].reverse().map(String);
  return [...bytes].reverse().flatMap((byte) => [(byte & 15).toString(16), (byte >> 4).toString(16)]);
}

/**
 * The subject that the labels in front of a zone's apex ask for (RFC 5782); undefined when they ask for none.
 * A hash label does not tell its type: it is read as an `address`.
 */
export function subjectOfName(labels: readonly string[]): Subject | undefined {
  try {
    if (labels.length === 4 && labels.every((label) => /^\d+$/.test(label))) {
      return parseSubject('ip', [...labels].reverse().join('.'));
    }
    if (labels.length === 32 && labels.every((label) => /^[0-9a-f]$/i.test(label))) {
      const bytes = Uint8Array.from({ length: 16 }, (_, i) =>
        Number.parseInt(`${labels[31 - i * 2] ?? ''}${labels[30 - i * 2] ?? ''}`, 16),
      );
      return parseSubject('ip', formatBytes(bytes));
    }
    const [only] = labels;
    if (labels.length === 1 && only?.length === 52) return parseSubject('address', only);
    return parseSubject('domain', labels.join('.'));
  } catch (error) {
    if (error instanceof SubjectInvalid) return undefined;
    throw error;
  }
}
