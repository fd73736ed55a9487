// What a mail server's refusal shows about the client, from the words of its log.
import type { Category, Evidence } from '@sekisho/report';
import { hasDynamicName } from './dynamic-name.js';
import { tryIp } from './received.js';
import type { Skip } from './skip-reason.js';

/** What one log line says of one client. */
export interface LogEvent {
  readonly ip: string;
  readonly category: Category;
  readonly evidence: Evidence;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
}

export type LogLine = LogEvent | Skip;

export interface Client {
  readonly ip: string | undefined;
  /** What the server found in the DNS; undefined or `unknown` when nothing. */
  readonly name: string | undefined;
}

/** Of several that fit, the first: a list's verdict stays that, whatever else the text says. */
const SIGNS: readonly [RegExp, 'list' | 'policy' | Evidence][] = [
  [
    /blocked using|\bdnsbl\b|\brbl\b|black-?list|block-?list|spamhaus|\blisted (?:at|by|in|on)\b|sekisho/i,
    'list',
  ],
  [/grey-?list|gray-?list|try again later|temporarily deferred/i, 'policy'],
  [/\bvirus\b|\bmalware\b|\binfected\b|\btrojan\b|phishing attachment/i, 'malware'],
  [/\bspam\b|\bspammy\b|junk mail|\bucescore\b/i, 'filter'],
  [
    /user unknown|unknown user|no such (?:user|recipient|mailbox)|unknown recipient|recipient unknown/i,
    'unknown-user',
  ],
  [/unrouteable address|mailbox unavailable|mailbox not found|undeliverable address/i, 'unknown-user'],
  [
    /rate limit|too many (?:connections|recipients|errors|messages)|connection rate|sending too fast/i,
    'rate',
  ],
];

/** `<>` for what a client wrote in angle brackets, to the end when it never closes. In time linear in the length. */
export function withoutBrackets(text: string): string {
  let out = '';
  for (let at = 0; ;) {
    const open = text.indexOf('<', at);
    if (open < 0) return out + text.slice(at);
    out += `${text.slice(at, open)}<>`;
    const close = text.indexOf('>', open);
    if (close < 0) return out;
    at = close + 1;
  }
}

/**
 * Judges the reply a client was given. What stands in angle brackets was written by the client and is not looked at.
 * A client whose name shows a dial-up or consumer range and that is refused on port 25 for its own deeds is a zombie.
 */
export function judgeRefusal(reply: string, client: Client, at: number): LogLine {
  const ip = tryIp(client.ip);
  if (!ip) return { reason: 'line-unrelated' };
  const own = withoutBrackets(reply);
  const sign = SIGNS.find(([pattern]) => pattern.test(own))?.[1];
  if (sign === 'list') return { reason: 'verdict-of-a-list' };
  const isDynamic = hasDynamicName(client.name, ip.text);
  if (sign === 'policy' || sign === undefined) {
    const isTemporary = sign === 'policy' || /^\s*4\d\d\b/.test(own);
    if (!isDynamic || isTemporary) return { reason: 'policy-reject' };
    return { ip: ip.text, category: 'zombie', evidence: 'port25', at, count: 1 };
  }
  const category = sign === 'malware' ? 'malware-sender' : isDynamic ? 'zombie' : 'spam-source';
  return { ip: ip.text, category, evidence: sign, at, count: 1 };
}

export function rateEvent(client: Client, at: number, count = 1): LogLine {
  const ip = tryIp(client.ip);
  if (!ip) return { reason: 'line-unrelated' };
  const category = hasDynamicName(client.name, ip.text) ? 'zombie' : 'spam-source';
  return { ip: ip.text, category, evidence: 'rate', at, count };
}

/** Speaks before it is greeted: only programs that send spam do. */
export function hastyEvent(client: Client, at: number): LogLine {
  const ip = tryIp(client.ip);
  return ip
    ? { ip: ip.text, category: 'zombie', evidence: 'filter', at, count: 1 }
    : { reason: 'line-unrelated' };
}
