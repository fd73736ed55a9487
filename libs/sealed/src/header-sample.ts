// Header fields of RFC 5322 section 2.2. No content and no recipient leaves a member, sealed or not.

const NEWLINE = /\r?\n/;
/** Fields that name a recipient (RFC 5322 section 3.6.3, RFC 2076 and what mail servers add). */
const RECIPIENT_FIELDS = new Set([
  ...['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc', 'apparently-to', 'envelope-to'],
  ...['delivered-to', 'x-original-to', 'x-envelope-to', 'x-rcpt-to', 'x-delivered-to', 'x-forwarded-to'],
  ...[
    'x-forwarded-for',
    'original-recipient',
    'final-recipient',
    'list-unsubscribe',
    'in-reply-to',
    'references',
  ],
  ...['subject', 'thread-topic', 'comments', 'keywords'],
]);
/** RFC 5321 section 4.4: the optional `for` clause of a trace field. */
const FOR_CLAUSE = /\s+for\s+<?[^\s<>;]+@[^\s<>;]+>?/gi;
/** A variable envelope return path carries the recipient in its local part: `bounce-anna=isp.example@list.example`. */
const RETURN_PATH_LOCAL = /<[^<>@]*@/;

/**
 * The header of a message as evidence: everything after the first empty line is dropped, and so are the fields that name
 * a recipient or repeat content (Subject), the `for` clause of Received, and the local part of Return-Path.
 */
export function sampleOfHeaders(message: string): string {
  const lines: string[] = [];
  for (const line of message.split(NEWLINE)) {
    if (line === '') break;
    const field = /^[ \t]/.test(line) ? lines.pop() : undefined;
    lines.push(field === undefined ? line : `${field}\n${line}`);
  }
  return lines
    .filter((field) => !RECIPIENT_FIELDS.has(nameOf(field)))
    .map((field) => {
      if (nameOf(field) === 'received') return field.replace(FOR_CLAUSE, '');
      return nameOf(field) === 'return-path' ? field.replace(RETURN_PATH_LOCAL, '<@') : field;
    })
    .join('\n');
}

const nameOf = (field: string) =>
  field
    .slice(0, Math.max(0, field.indexOf(':')))
    .trim()
    .toLowerCase();
