/**
 * Lifetime of listings and of SOA and NS. A change reaches the edge within a second; a resolver's cache adds at most
 * this, so a delisting is felt within a minute, and a busy mail server still asks only once a minute for each address.
 */
export const TTL_SECONDS = 60;

/** Lifetime of a negative answer (RFC 2308): a new zombie must not hide behind it longer than a delisting takes. */
export const NEGATIVE_TTL_SECONDS = 60;

/** Lifetime of an error answer: never a listing's, so that a corrected configuration works at once; 0 upsets some caches. */
export const ERROR_TTL_SECONDS = 1;

/** SOA timers for secondaries (RFC 1912 section 2.2 reasons, scaled to a zone that changes every minute). */
export const REFRESH_SECONDS = 300;
export const RETRY_SECONDS = 60;
export const EXPIRE_SECONDS = 604_800;
