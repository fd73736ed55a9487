import { IdentifierInvalid } from './errors.js';
import { normalise } from './text.js';

interface Provider {
  /** The domain that stands for all of the provider's names for one mailbox. */
  readonly domain: string;
  readonly ignoresDots: boolean;
}

// Providers known to deliver name+anything@ to name@. Anybody else's + may be part of the name.
const PROVIDERS = new Map<string, Provider>([
  ['gmail.com', { domain: 'gmail.com', ignoresDots: true }],
  ['googlemail.com', { domain: 'gmail.com', ignoresDots: true }],
  ...[
    'outlook.com',
    'outlook.jp',
    'hotmail.com',
    'live.com',
    'live.jp',
    'icloud.com',
    'me.com',
    'mac.com',
  ].map((domain): [string, Provider] => [domain, { domain, ignoresDots: false }]),
  ...['fastmail.com', 'proton.me', 'protonmail.com', 'pm.me'].map((domain): [string, Provider] => [
    domain,
    { domain, ignoresDots: false },
  ]),
]);

/** `name@domain` in lower case, the domain as A-labels. @throws {IdentifierInvalid} */
export function canonicalEmail(address: string): string {
  const text = normalise(address).trim().toLowerCase();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = domainOf(text.slice(at + 1));
  if (at < 1 || domain === undefined || !/^[^\s@<>()[\],;:\\"]+$/u.test(local)) {
    throw malformed('no e-mail address');
  }
  const provider = PROVIDERS.get(domain);
  if (provider === undefined) return `${local}@${domain}`;
  const untagged = local.replace(/\+.*$/s, '');
  const name = provider.ignoresDots ? untagged.replaceAll('.', '') : untagged;
  if (name === '') throw malformed('nothing is left before the @');
  return `${name}@${provider.domain}`;
}

function domainOf(text: string): string | undefined {
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(text)) return undefined;
  const host = URL.parse(`http://${text}`)?.hostname.replace(/\.$/, '');
  const hasNamedTop = host !== undefined && /\.(?=[^.]*[a-z])[a-z0-9-]+$/.test(host);
  return hasNamedTop && host.length <= 253 && !host.includes('..') ? host : undefined;
}

const malformed = (what: string) =>
  new IdentifierInvalid('malformed', 'email', 'address', what, 'someone@example.com');
