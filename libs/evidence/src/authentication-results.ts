// RFC 8601 section 2.2: comments and quoted strings may stand anywhere, so the field is tokenised.
import { AUTH_RESULTS } from '@sekisho/report';
import type { HeaderField } from './header-fields.js';
import type { AuthenticationPicture } from './parsed-message.js';

type Verdict = NonNullable<AuthenticationPicture['spf']>;
const VERDICTS: ReadonlySet<string> = new Set(AUTH_RESULTS);
const METHODS = ['spf', 'dkim', 'dmarc'] as const;

/**
 * What trusted hosts found out. Only fields above the first Received of an untrusted host could be forged by nobody;
 * a border host removes inbound fields of its own name (section 5), so the authserv-id decides.
 * Of several DKIM results one pass is enough.
 */
export function readAuthentication(
  fields: readonly HeaderField[],
  hosts: readonly string[],
): AuthenticationPicture {
  const picture: { spf?: Verdict; dkim?: Verdict; dmarc?: Verdict } = {};
  for (const { name, value } of fields) {
    if (name !== 'authentication-results') continue;
    const [head = '', ...results] = splitResults(value);
    const authserv = head.trim().split(/\s+/, 1)[0] ?? '';
    if (!hosts.includes(authserv.toLowerCase())) continue;
    for (const result of results) {
      const [, method = '', written = ''] = /^\s*([a-z]+)\s*(?:\/\s*1\s*)?=\s*([a-z]+)/i.exec(result) ?? [];
      const known = METHODS.find((one) => one === method.toLowerCase());
      // An obsolete spelling (RFC 8601 section 2.7.2 has fail).
      const verdict = written.toLowerCase() === 'hardfail' ? 'fail' : written.toLowerCase();
      if (!known || !VERDICTS.has(verdict)) continue;
      if (picture[known] === undefined || (known === 'dkim' && verdict === 'pass')) {
        picture[known] = verdict as Verdict;
      }
    }
  }
  return picture;
}

/** Split at semicolons outside of comments and quotes; comments become a space. */
function splitResults(value: string): string[] {
  const out: string[] = [];
  let current = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === '\\') {
      at += 1;
    } else if (isQuoted || (character === '"' && depth === 0)) {
      if (character === '"') isQuoted = !isQuoted;
    } else if (character === '(') {
      depth += 1;
    } else if (character === ')') {
      depth = Math.max(0, depth - 1);
      current += ' ';
    } else if (depth === 0 && character === ';') {
      out.push(current);
      current = '';
    } else if (depth === 0) {
      current += character;
    }
  }
  out.push(current);
  return out;
}
