// Host names: RFC 1035 section 2.3.4 (sizes), RFC 5891 (A-labels), publicsuffix.org (registrability).
import { parse } from 'tldts';
import { SubjectInvalid } from './errors.js';
import { quote } from './ip.js';

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * A domain as lower-case A-labels without the final dot.
 * A public suffix such as `co.jp` is refused: it names nobody.
 * @throws {SubjectInvalid} subject-malformed, subject-not-registrable
 */
export function parseDomain(text: string): string {
  const host = toAscii(text.trim().replace(/\.$/, ''));
  const labels = host.split('.');
  if (host.length > 253 || labels.length < 2 || !labels.every((label) => LABEL.test(label))) {
    throw new SubjectInvalid(
      'subject-malformed',
      `not a domain name: ${quote(text)}. Example: shop.example.com`,
    );
  }
  const parsed = parse(host, { allowPrivateDomains: true, validateHostname: false });
  if (parsed.isIp) {
    throw new SubjectInvalid('subject-malformed', `an IP address, not a domain: ${quote(text)}. Use type ip`);
  }
  if (!parsed.domain) {
    throw new SubjectInvalid(
      'subject-not-registrable',
      `a public suffix, not a registered domain: ${quote(text)}`,
    );
  }
  return host;
}

function toAscii(text: string): string {
  if (/^[\x21-\x7e]*$/.test(text)) return text.toLowerCase();
  const bad = /[\s/?#@:[\]\\]/.test(text);
  const url = bad ? null : URL.parse(`http://${text}`);
  return url?.hostname ?? '';
}
