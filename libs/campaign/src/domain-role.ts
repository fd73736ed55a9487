// Victim or culprit: what a domain in a campaign is, in terms of which domain.Z and hash.Z speak (DESIGN 4.5).
// A victim's code is a warning about unauthenticated mail and bounces; it is never evidence against the domain.

export interface DomainPicture {
  /** Copies in campaigns of abuse with this domain in From, by authVerdict. */
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  /** Unrelated networks (different owners or /16) that sent the failing copies. */
  readonly failingNetworks: number;
  /** Members that report a flood of null-sender bounces for the domain. */
  readonly bounceMembers: number;
  /** Members that saw the copies. */
  readonly members: number;
}

/** Fewer unrelated networks may be one broken relay of the domain's own. */
const MIN_NETWORKS = 5;
/** A domain whose own mail passes more often than this in the campaign is not merely forged. */
const MAX_VICTIM_PASS_SHARE = 0.05;
/** Of what was checked, so much must pass for a culprit. */
const MIN_CULPRIT_PASS_SHARE = 0.5;
/** One member alone never makes a third party a culprit or a victim. */
const MIN_MEMBERS = 2;
const MIN_CULPRIT_COPIES = 5;

/**
 * The role of a domain in From. `victim`: checks fail from many unrelated networks and bounces flood back. `culprit`:
 * its own authentication passes and the mail is abuse. Undefined: neither is shown; a thin picture never accuses.
 */
export function roleOfSender(picture: DomainPicture): 'victim' | 'culprit' | undefined {
  const checked = picture.pass + picture.fail;
  if (checked === 0 || picture.members < MIN_MEMBERS) return undefined;
  const passShare = picture.pass / checked;
  if (
    passShare <= MAX_VICTIM_PASS_SHARE &&
    picture.failingNetworks >= MIN_NETWORKS &&
    picture.bounceMembers >= 1
  )
    return 'victim';
  return passShare >= MIN_CULPRIT_PASS_SHARE && picture.pass >= MIN_CULPRIT_COPIES ? 'culprit' : undefined;
}

export interface HostPicture {
  /** Copies of phishing reports whose links name the host, and members behind them. */
  readonly phishingCopies: number;
  readonly members: number;
  /** Copies of good mail that link there. */
  readonly hamCopies: number;
  /** The host is on a warning list of sites that everybody links to. */
  readonly isWellKnown: boolean;
}

/** A host in the links of phishing, unless good mail links there too or everybody does. */
export function isPhishingHost({ phishingCopies, members, hamCopies, isWellKnown }: HostPicture): boolean {
  return !isWellKnown && hamCopies === 0 && members >= MIN_MEMBERS && phishingCopies >= 2;
}

export interface ReplyPicture {
  /** Campaigns of abuse, and members, in which the hashed address stands in Reply-To or the text. */
  readonly campaigns: number;
  readonly members: number;
  /** Copies where the address also stands in From with passing authentication: a person answering is normal. */
  readonly ownMailCopies: number;
}

/** An address that collects the answers to mail sent by others. */
export function isDropbox({ campaigns, members, ownMailCopies }: ReplyPicture): boolean {
  return campaigns >= 1 && members >= MIN_MEMBERS && ownMailCopies === 0;
}
