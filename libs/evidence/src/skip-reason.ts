/** Why an input or a part of it gives no report: closed, so that a summary can count and a person can look it up. */
export const SKIP_REASONS = {
  'message-empty': 'no header field: this is no message',
  'too-many-parts': 'more MIME parts than are read of one message',
  'nested-too-deeply': 'MIME parts inside one another more deeply than is read',
  'archive-not-opened': 'what would be read is inside an archive or compressed; such are never opened',
  'no-trusted-hand-off': 'no Received line of a trusted host says who handed the message over',
  'evidence-not-stated': 'an ordinary message, and no --evidence says how it is known to be abuse',
  'reporter-not-trusted': 'the report is of none of the reporters named, or its origin is not proved',
  'no-feedback-part': 'the message has no message/feedback-report part',
  'feedback-malformed': 'a field that the format requires is missing or contradicts another',
  'feedback-type-unused': 'a feedback type that says nothing about a sender, such as opt-out',
  'no-source-address': 'the report names no sending address',
  'no-reported-domain': 'the report names no domain',
  'xarf-malformed': 'not as the XARF schema of its version demands',
  'xarf-version-unknown': 'a version of XARF that is not read',
  'xarf-type-unused': 'a kind of incident that says nothing about who sends mail',
  'dmarc-malformed': 'not a DMARC aggregate report',
  'dmarc-nothing-failed': 'a DMARC report in which nothing failed both SPF and DKIM',
  'auto-reply': 'an automatic answer, not a bounce',
  'bounce-not-a-failure': 'a delivery status other than failed: delayed, delivered, relayed, expanded',
  'bounce-of-own-mail': 'the bounce of a message that the member sent itself',
  'bounce-origin-unknown': 'without --sending-host nothing tells whether the member sent the message',
  'bounce-without-original': 'the bounce does not return the header of the message it is about',
  'not-a-bounce': 'neither a delivery status nor a bounce in the form of any known mail program',
  'row-malformed': 'a row or line that cannot be read as the format wants it',
  'line-too-long': 'a line longer than is read of one',
  'not-port-25': 'a connection to another port',
  'outside-ranges': 'from an address outside of the ranges named, or excepted from them',
  'line-unrelated': 'a log line about something else',
  'policy-reject': 'refused for a reason that does not show abuse, such as greylisting or relaying',
  'verdict-of-a-list': 'refused because of a list: the evidence is not the member’s own',
  'login-failure': 'a failed login, which is not about mail from outside',
  'below-threshold': 'too few in this run to be more than a typing error',
  'time-too-old': 'older than the 14 days that a hub takes',
  'already-imported': 'imported by an earlier run',
  'report-refused': 'the report would be refused by every hub',
} as const satisfies Record<string, string>;

export type SkipReason = keyof typeof SKIP_REASONS;

export interface Skip {
  readonly reason: SkipReason;
  /** For the person at the member; never sent. */
  readonly detail?: string;
}
