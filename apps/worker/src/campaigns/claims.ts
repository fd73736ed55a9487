// From the pictures of domains, hosts and addresses to what campaigns say of them in the zones (DESIGN 4.5).
import {
  isDropbox,
  isPhishingHost,
  roleOfSender,
  type DomainPicture,
  type ReplyPicture,
} from '@sekisho/campaign';
import type { StoredHostPicture, WantedEntry } from '@sekisho/persistence';
import { encodeReturnCode } from '@sekisho/zone';

/** A role ends when nothing of the last two days shows it: a domain is forged now, or it is not. */
export const CLAIM_WINDOW_MS = 48 * 3_600_000;
/** How often a standing claim is looked at again. */
export const CLAIM_REVIEW_MS = 5 * 60_000;
/** Of a campaign that is confirmed: fixed, so that its fingerprints are not announced anew with every member. */
const CONFIRMED_SCORE = 90;

/** Each member that saw it halves the doubt: 2 members 75, 3 members 88, 5 members 97. A judgement, not a fit. */
const certainty = (members: number): number => Math.round(100 * (1 - 0.5 ** members));

export interface DomainPictures {
  readonly sender: DomainPicture | undefined;
  readonly host: StoredHostPicture | undefined;
  /** On a list of sites that everybody uses: never a culprit, but it can be a victim. */
  readonly isWellKnown: boolean;
}

/** What campaigns say of a domain in the zone `domain`; no codes: nothing. */
export function domainClaim(domain: string, { sender, host, isWellKnown }: DomainPictures): WantedEntry {
  const codes: string[] = [];
  const role = sender && roleOfSender(sender);
  if (sender && role === 'victim') {
    const members = Math.max(sender.members, sender.bounceMembers);
    codes.push(encodeReturnCode({ category: 'forged-domain', type: 'domain', score: certainty(members) }));
  }
  if (sender && role === 'culprit' && !isWellKnown) {
    const score = certainty(sender.members);
    codes.push(encodeReturnCode({ category: 'spam-domain', type: 'domain', score }));
  }
  if (host && isPhishingHost({ ...host, isWellKnown })) {
    codes.push(encodeReturnCode({ category: 'phishing', type: 'domain', score: certainty(host.members) }));
  }
  return { zone: 'domain', subject: domain, codes: codes.sort() };
}

export function addressClaim(hash: string, picture: ReplyPicture | undefined): WantedEntry {
  const codes =
    picture && isDropbox(picture)
      ? [
          encodeReturnCode({
            ...{ category: 'dropbox-address', type: 'address', score: certainty(picture.members) },
          }),
        ]
      : [];
  return { zone: 'hash', subject: `address:${hash}`, codes };
}

export function fingerprintClaim(exact: string, isConfirmed: boolean): WantedEntry {
  const code = { category: 'spam-source', type: 'fingerprint', score: CONFIRMED_SCORE } as const;
  return {
    zone: 'hash',
    subject: `fingerprint:${exact}`,
    codes: isConfirmed ? [encodeReturnCode(code)] : [],
  };
}
