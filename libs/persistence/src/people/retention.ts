import type { Retention } from '../retention/retention.js';

const DAY_MS = 24 * 3_600_000;
/** Over a year: who signs in for the yearly review only stays. */
const PERSON_RETENTION_MS = 400 * DAY_MS;
const MEMBERSHIP = 'the federation contract';

const rows = (afterMs: number, where: string): Retention['expiry'] => ({ how: 'rows', afterMs, where });

/** The part of RETENTION that is about people who sign in. */
export const PEOPLE_RETENTION: readonly Retention[] = [
  {
    ...{ table: 'person', class: 'member', agedBy: 'created_at', basis: MEMBERSHIP },
    holds: 'people who sign in: name, role, member, language, when they last did',
    until: 'removed by an officer or the operator, or 400 days without signing in',
    expiry: rows(PERSON_RETENTION_MS, 'last_seen_at < $1'),
  },
  {
    ...{ table: 'passkey', class: 'member', agedBy: 'created_at', basis: MEMBERSHIP },
    ...{ holds: 'public halves of passkeys', until: 'its person is removed' },
    expiry: { how: 'other', by: 'goes with its person' },
  },
  {
    ...{ table: 'person_session', class: 'operation', agedBy: 'started_at', basis: MEMBERSHIP },
    holds: 'digests of sessions, whose they are, and when they were last used',
    until: 'signed out, or 12 hours',
    expiry: rows(0, 'ends_at < $1'),
  },
  {
    ...{ table: 'person_invitation', class: 'member', agedBy: 'invited_at', basis: MEMBERSHIP },
    holds: 'digests of invitations, with the name and role of who is invited',
    until: 'accepted, or 7 days',
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'person_challenge', class: 'operation', agedBy: 'expires_at', basis: 'replay protection' },
    ...{ holds: 'digests of challenges that passkeys have to sign', until: 'used, or 5 minutes' },
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'demo_sign_in', class: 'operation', agedBy: 'expires_at', basis: 'no personal data' },
    ...{ holds: 'digests of the sign-in links of a demo', until: 'one day' },
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'person_action', class: 'record', agedBy: 'at' },
    basis: 'accountability of those who act for a member or for the federation',
    holds: 'which person did what when, as an id without a name, and without what it was about',
    until: '2 years',
    expiry: rows(2 * 365 * DAY_MS, 'at < $1'),
  },
];
