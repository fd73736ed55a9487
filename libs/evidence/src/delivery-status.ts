// DSN: RFC 3464; the bounces that qmail, Exim, and providers of their own write, where no status part is there.
import { findingOf, skip, type Finding } from './finding.js';
import { decodeUtf8, firstField, parseFieldLines, type HeaderField } from './header-fields.js';
import { returnedFields } from './feedback-report.js';
import { LIMITS } from './limits.js';
import { decodePart } from './mime-parts.js';
import { addressOf, domainOf, textOf, type ReadMessage } from './parse-message.js';
import { findHandOff, type TrustedRelays } from './received.js';

export interface BounceRules {
  readonly trusted: TrustedRelays;
  /** `never-sent`: what arrives here answers mail that the member never sent. `check`: it is looked for. */
  readonly origin: 'never-sent' | 'check';
  /** Lower-case names of the member's outgoing hosts. */
  readonly sendingHosts: readonly string[];
}

const DAEMON = /mailer-daemon|postmaster|mail delivery (?:sub)?system|mail\.delivery\.syst|double-bounce/i;
const BOUNCE_SUBJECT =
  /undeliver|undelivered|returned mail|delivery (?:status|notification|failure|has failed)|failure (?:notice|delivery)|mail delivery failed|mail system error|permanent delivery failure|delayed/i;
const DELAY = /\bdelay(?:ed)?\b|still being retried|status notification: warning|\bwarning: message/i;
/** BATV: a sender that tags its envelope sender sent it itself. */
const BATV = /^<?prvs=[0-9a-f]{10}=/i;

/** Amazon SES tells the account that sent a message, and nobody else, what became of it: JSON by way of SNS. */
const SENDER_NOTICE = /^\s*\{\s*"(?:notification|event)Type"\s*:\s*"(?:Bounce|Complaint|Delivery)"/;

const isSenderNotice = ({ texts }: ReadMessage['message']) =>
  texts.some((text) => SENDER_NOTICE.test(text.slice(0, 512)));

/** A vacation notice and the like (RFC 3834 section 5). */
export const isAutomaticAnswer = ({ fields }: ReadMessage): boolean =>
  firstField(fields, 'auto-submitted')?.trim().toLowerCase().startsWith('auto-replied') ?? false;

/** A status part, a failed-recipients field, or a mail daemon that says so in the subject. */
export function isBounce({ parts, fields, message }: ReadMessage): boolean {
  if (parts.some(({ mediaType }) => mediaType === 'message/delivery-status')) return true;
  if (firstField(fields, 'x-failed-recipients') !== undefined) return true;
  if (isSenderNotice(message)) return true;
  const isDaemon = DAEMON.test(firstField(fields, 'from') ?? '') || message.isNullSender;
  return isDaemon && (BOUNCE_SUBJECT.test(message.subjectLine) || returnedFields(parts).length > 0);
}

/** A bounce for mail that was never sent: the bouncing host is a backscatter source, the sender's domain a victim. */
export function readBounce(read: ReadMessage, rules: BounceRules): Finding {
  const { fields, message } = read;
  if (isSenderNotice(message)) return skip('bounce-of-own-mail');
  if (!isBounce(read)) {
    return skip(isAutomaticAnswer(read) ? 'auto-reply' : 'not-a-bounce');
  }
  if (!isFailure(read)) return skip('bounce-not-a-failure');
  const returned = originalFields(read);
  const recipient = firstField(fields, 'x-original-to') ?? firstField(fields, 'to');
  if (rules.origin === 'check') {
    if (BATV.test(addressOf(recipient) ?? '')) return skip('bounce-of-own-mail');
    if (rules.sendingHosts.length === 0) return skip('bounce-origin-unknown');
    if (returned.length === 0) return skip('bounce-without-original');
    if (returned.some((field) => isWrittenBy(field, rules.sendingHosts))) return skip('bounce-of-own-mail');
  }
  const seenAt = message.handOff?.receivedAt ?? message.writtenAt;
  if (seenAt === undefined) return skip('feedback-malformed', 'no date');
  const handOff = findHandOff(fields, rules.trusted);
  const victim = domainOf(firstField(returned, 'return-path')) ?? domainOf(firstField(returned, 'from'));
  const forged = victim ?? domainOf(firstField(fields, 'to'));
  const found = findingOf([
    ...(handOff
      ? [
          {
            type: 'ip',
            value: handOff.ip,
            category: 'backscatter-source',
            evidence: 'bounce',
            seenAt,
          } as const,
        ]
      : []),
    ...(forged
      ? [{ type: 'domain', value: forged, category: 'forged-domain', evidence: 'bounce', seenAt } as const]
      : []),
  ]);
  if (handOff) return found;
  return { ...found, skipped: [...found.skipped, { reason: 'no-trusted-hand-off' }] };
}

/** `failed` of any recipient (RFC 3464 section 2.3.3); without a status part, what the words say. */
function isFailure({ parts, message }: ReadMessage): boolean {
  const status = parts.find(({ mediaType }) => mediaType === 'message/delivery-status');
  if (status) {
    const fields = parseFieldLines(decodeUtf8(decodePart(status, LIMITS.headerBytes)));
    const actions = fields.filter(({ name }) => name === 'action').map(({ value }) => value.toLowerCase());
    if (actions.length > 0) return actions.some((action) => action.startsWith('failed'));
  }
  return !DELAY.test(message.subjectLine);
}

/** The returned header from its part, or from where a text begins to look like one. */
function originalFields({ parts }: ReadMessage): readonly HeaderField[] {
  const fields = returnedFields(parts);
  if (fields.length > 0) return fields;
  for (const part of parts) {
    if (part.mediaType !== 'text/plain') continue;
    const text = textOf(part);
    const start = /^(?:Received|Return-Path|From|Message-ID|Date|Subject|To):[ \t]/im.exec(text);
    if (!start) continue;
    const block = text.slice(start.index, start.index + LIMITS.headerBytes);
    return parseFieldLines(block.split(/\r?\n\r?\n/, 1)[0] ?? '');
  }
  return [];
}

function isWrittenBy({ name, value }: HeaderField, hosts: readonly string[]): boolean {
  if (name !== 'received') return false;
  const by = /(?:^|\s)by\s+([^\s;()]+)/i.exec(value)?.[1]?.toLowerCase();
  return by !== undefined && hosts.includes(by);
}
