// One mail for all that an abuse desk is to hear: in words, and for programs as ARF (RFC 5965) or X-ARF v4.
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import MimeNode from 'nodemailer/lib/mime-node';
import { writeText, type MailLanguage } from './event-text.js';

export interface MailedAlert {
  readonly id: string;
  readonly subject: string;
  readonly category: string;
  readonly change: string;
  readonly messages: number;
  readonly lastSeenSeconds: number;
  /** Whether an answer is awaited. */
  readonly isOpen: boolean;
}

/** One that a reviewer of the member may decide. Of what it is about the mail says nothing. */
export interface MailedAppeal {
  readonly id: string;
  /** `filed`, `near` or `escalated` */
  readonly step: string;
  readonly dueSeconds: number;
}

export interface MailedEvent {
  readonly jti: string;
  /** `alert`, `action`, `appeal`, `correction` */
  readonly kind: string;
  readonly alert: MailedAlert | undefined;
  readonly appeal: MailedAppeal | undefined;
}

export interface EventMailOptions {
  readonly from: string;
  readonly to: string;
  readonly format: 'arf' | 'xarf';
  readonly language: MailLanguage;
  /** Where people reach the hub. */
  readonly hubUrl: string;
  readonly now: Date;
}

/** As many machine-readable reports as one mail carries; the words name them all. */
const MAX_REPORTS = 200;

const FEEDBACK_TYPE: Readonly<Record<string, string>> = { phishing: 'fraud', 'malware-sender': 'virus' };

/** The same events give the same Message-ID: a mail that was sent twice, because a worker died, is known by it. */
export async function writeEventMail(
  events: readonly MailedEvent[],
  options: EventMailOptions,
): Promise<Buffer> {
  const { subject, text } = writeText(events, options);
  const reported = latestOf(events).slice(0, MAX_REPORTS);
  const root = await rootOf(reported, text, options);
  const digest = createHash('sha256')
    .update(events.map(({ jti }) => jti).join(' '))
    .digest('hex');
  root.setHeader({
    ...{ From: options.from, To: options.to, Subject: subject, Date: mailDate(options.now) },
    ...{ 'Message-ID': `<${digest.slice(0, 40)}@${hubOf(options)}>`, 'Auto-Submitted': 'auto-generated' },
    'Content-Language': options.language,
    // Not of v4, but how importers of before know that a mail is one.
    ...(options.format === 'xarf' && reported.length > 0 && { 'X-XARF': 'PLAIN' }),
  });
  return root.build();
}

/** Of each address that is suspect now, the latest that is told. */
function latestOf(events: readonly MailedEvent[]): MailedAlert[] {
  const latest = new Map<string, MailedAlert>();
  for (const { alert } of events) {
    if (!alert || isIP(alert.subject) === 0) continue;
    latest.delete(alert.subject);
    if (alert.isOpen) latest.set(alert.subject, alert);
  }
  return [...latest.values()];
}

async function rootOf(
  reported: readonly MailedAlert[],
  text: string,
  options: EventMailOptions,
): Promise<MimeNode> {
  const [only] = reported;
  if (!only) return words(text, new MimeNode('text/plain'));
  if (options.format === 'arf' && reported.length === 1) return feedbackReport(only, text);
  const root = new MimeNode('multipart/mixed');
  words(text, root.createChild('text/plain'));
  for (const alert of reported) {
    if (options.format === 'xarf') {
      root
        .createChild('application/json', { filename: `xarf-${alert.id}.json` })
        .setContent(JSON.stringify(xarfOf(alert, options), undefined, 2));
      continue;
    }
    // One report a message (RFC 5965 section 2e): each is a whole message inside this one.
    const inner = feedbackReport(alert, `${alert.subject}\n`);
    inner.setHeader({
      ...{ From: options.from, To: options.to, Subject: alert.subject, Date: mailDate(options.now) },
      'Message-ID': `<${alert.id}@${hubOf(options)}>`,
    });
    root.createChild('message/rfc822').setContent(await inner.build());
  }
  return root;
}

/** The hub's name: a domain. */
const hubOf = ({ hubUrl }: EventMailOptions): string => new URL(hubUrl).hostname;

/** RFC 5322 section 3.3. */
const mailDate = (date: Date): string => date.toUTCString().replace('GMT', '+0000');

const words = (text: string, node: MimeNode): MimeNode => node.setContent(text);

function feedbackReport(alert: MailedAlert, text: string): MimeNode {
  const report = new MimeNode('multipart/report; report-type=feedback-report');
  words(text, report.createChild('text/plain'));
  const fields = [
    ['Feedback-Type', FEEDBACK_TYPE[alert.category] ?? 'abuse'],
    ['User-Agent', 'Sekisho/0.1'],
    ['Version', '1'],
    ['Source-IP', alert.subject],
    ['Arrival-Date', mailDate(new Date(alert.lastSeenSeconds * 1_000))],
    ['Incidents', String(Math.max(1, alert.messages))],
  ];
  report
    .createChild('message/feedback-report')
    .setContent(fields.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  // The federation keeps no mail, and so has no header to return.
  report
    .createChild('text/rfc822-headers')
    .setContent(`X-Sekisho-Alert: ${alert.id}\r\nX-Sekisho-Category: ${alert.category}\r\n`);
  return report;
}

function xarfOf(alert: MailedAlert, options: EventMailOptions): Readonly<Record<string, unknown>> {
  const contact = { org: 'Sekisho', contact: options.from, domain: hubOf(options) };
  return {
    ...{ xarf_version: '4.2.0', report_id: alert.id, reporter: contact, sender: contact },
    timestamp: new Date(alert.lastSeenSeconds * 1_000).toISOString(),
    source_identifier: alert.subject,
    // What all categories have in common: mail that nobody asked for. The tag says more.
    ...{ category: 'messaging', type: 'spam', protocol: 'other' },
    evidence_source: 'reputation_feed',
    description: `${alert.category}, ${alert.messages} messages or more, seen by other members`,
    tags: [`sekisho:${alert.category}`],
  };
}
