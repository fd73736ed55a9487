// Where `sekisho dns --load` answers otherwise than rbldnsd, and why. docs/rbldnsd.md tells the same to operators.
import { RCODE, TYPE, type Response } from '@sekisho/dns-wire';

export interface Compared {
  readonly type: number;
  readonly class: number;
  readonly theirs: Response | undefined;
  readonly ours: Response | undefined;
}

export interface Exception {
  readonly name: string;
  readonly reason: string;
  readonly applies: (compared: Compared) => boolean;
}

const isBare = (response: Response | undefined, rcode: number): boolean =>
  response?.rcode === rcode && response.answers.length === 0;

export const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'empty non-terminals',
    reason:
      'RFC 8020: NXDOMAIN would deny the listed names below, and resolvers that ask label by label believe it',
    applies: ({ theirs, ours }) => isBare(theirs, RCODE.NXDOMAIN) && isBare(ours, RCODE.NOERROR),
  },
  {
    name: 'answers that do not fit',
    reason: 'RFC 2181 section 9: TC tells to ask by TCP; rbldnsd has none and leaves records out',
    applies: ({ theirs, ours }) => ours?.isTruncated === true && (theirs?.answers.length ?? 0) > 0,
  },
  {
    name: 'zone transfers',
    reason:
      'REFUSED says that the policy forbids it (RFC 5936 section 2.2.1); rbldnsd knows no transfers: NOTIMP',
    applies: ({ type, theirs, ours }) =>
      (type === TYPE.AXFR || type === TYPE.IXFR) &&
      isBare(theirs, RCODE.NOTIMP) &&
      isBare(ours, RCODE.REFUSED),
  },
  {
    name: 'types from 250 on',
    reason:
      'TSIG, CAA, URI and the like are types that no name here has (RFC 2308 section 2); rbldnsd says NOTIMP',
    applies: ({ type, theirs, ours }) =>
      type >= 250 &&
      type !== TYPE.ANY &&
      isBare(theirs, RCODE.NOTIMP) &&
      ours?.answers.length === 0 &&
      ([RCODE.NOERROR, RCODE.NXDOMAIN, RCODE.REFUSED] as number[]).includes(ours.rcode),
  },
  {
    name: 'class ANY',
    reason:
      'a question for class ANY has no authoritative answer in one class (RFC 1035 section 6.2): REFUSED',
    applies: ({ class: asked, ours }) => asked === 255 && isBare(ours, RCODE.REFUSED),
  },
  {
    name: 'version.bind',
    reason: 'the version is no business of a stranger: REFUSED',
    applies: ({ class: asked, ours }) => asked === 3 && isBare(ours, RCODE.REFUSED),
  },
];
