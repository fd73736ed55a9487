// ARF: RFC 5965; auth-failure RFC 6591; not-spam RFC 6430.
import type { Category, Evidence } from '@sekisho/report';
import { findingOf, skip, type Finding } from './finding.js';
import { decodeUtf8, firstField, parseDate, parseFieldLines, parseHeaderFields } from './header-fields.js';
import { LIMITS } from './limits.js';
import { decodePart, splitHeader, type MimePart } from './mime-parts.js';
import type { ReadMessage } from './parse-message.js';
import { findHandOff, tryIp, type TrustedRelays } from './received.js';

const MEANING: Readonly<Record<string, { category: Category; evidence: Evidence }>> = {
  abuse: { category: 'spam-source', evidence: 'complaint' },
  fraud: { category: 'phishing', evidence: 'complaint' },
  virus: { category: 'malware-sender', evidence: 'malware' },
  // Whoever wants to whitewash an address can click: the weakest class (RFC 6430 section 7).
  'not-spam': { category: 'ham', evidence: 'manual' },
};

/** Outlook.com's junk reports have no feedback part: the subject names the source, the returned message has a mark. */
const JUNK_SUBJECT = /^\s*complaint about message from ([0-9a-fA-F.:]+)\s*$/;
const JUNK_MARK = 'x-hmxmroriginalrecipient';

const isJunkReport = ({ parts, message }: ReadMessage): boolean =>
  JUNK_SUBJECT.test(message.subjectLine) && firstField(returnedFields(parts), JUNK_MARK) !== undefined;

export const isFeedbackReport = (read: ReadMessage): boolean =>
  read.parts.some(({ mediaType }) => mediaType === 'message/feedback-report') || isJunkReport(read);

function readJunkReport({ parts, message }: ReadMessage, trusted: TrustedRelays): Finding {
  const handOff = findHandOff(returnedFields(parts), trusted);
  const ip = handOff?.ip ?? tryIp(JUNK_SUBJECT.exec(message.subjectLine)?.[1])?.text;
  if (ip === undefined) return skip('no-source-address');
  const seenAt = handOff?.receivedAt ?? message.handOff?.receivedAt ?? message.writtenAt;
  if (seenAt === undefined) return skip('feedback-malformed', 'no date');
  return findingOf([{ type: 'ip', value: ip, category: 'spam-source', evidence: 'complaint', seenAt }]);
}

/**
 * The original message is the better evidence (RFC 5965 section 2g) when hosts that are trusted wrote its Received
 * lines; otherwise the Source-IP that the reporter states.
 */
export function readFeedbackReport(read: ReadMessage, trusted: TrustedRelays): Finding {
  const part = read.parts.find(({ mediaType }) => mediaType === 'message/feedback-report');
  if (!part) return isJunkReport(read) ? readJunkReport(read, trusted) : skip('no-feedback-part');
  const fields = parseFieldLines(decodeUtf8(decodePart(part, LIMITS.headerBytes)));
  const type = firstField(fields, 'feedback-type')?.toLowerCase().trim();
  if (type === undefined || firstField(fields, 'user-agent') === undefined) {
    return skip('feedback-malformed', 'Feedback-Type and User-Agent are required');
  }
  const arrival = firstField(fields, 'arrival-date');
  const received = firstField(fields, 'received-date');
  if (arrival !== undefined && received !== undefined) {
    return skip('feedback-malformed', 'both Arrival-Date and Received-Date');
  }
  const handOff = findHandOff(returnedFields(read.parts), trusted);
  const seenAt = handOff?.receivedAt ?? parseDate(arrival ?? received) ?? read.message.writtenAt;
  if (seenAt === undefined) return skip('feedback-malformed', 'no date');
  const incidents = Number(/^\d{1,10}$/.exec(firstField(fields, 'incidents') ?? '')?.[0] ?? 1);
  if (type === 'auth-failure') {
    const domain = firstField(fields, 'reported-domain');
    if (domain === undefined) return skip('no-reported-domain');
    const forged = { category: 'forged-domain', evidence: 'auth-failure' } as const;
    return findingOf([{ type: 'domain', value: domain, ...forged, seenAt, count: incidents }]);
  }
  const meaning = Object.hasOwn(MEANING, type) ? MEANING[type] : undefined;
  if (!meaning) return skip('feedback-type-unused', type.slice(0, 40));
  const ip = handOff?.ip ?? tryIp(firstField(fields, 'source-ip'))?.text;
  if (ip === undefined) return skip('no-source-address');
  return findingOf([{ type: 'ip', value: ip, ...meaning, seenAt, count: incidents }]);
}

/** The header of the message that a report or a bounce returns; empty when it returns none. */
export function returnedFields(parts: readonly MimePart[]) {
  for (const part of parts) {
    if (part.mediaType === 'message/rfc822') return splitHeader(decodePart(part, LIMITS.headerBytes)).fields;
    if (part.mediaType === 'text/rfc822-headers' || part.mediaType === 'message/rfc822-headers') {
      return parseHeaderFields(decodePart(part, LIMITS.headerBytes));
    }
  }
  return [];
}
