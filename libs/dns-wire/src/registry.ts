// IANA DNS parameters: RFC 1035 section 3.2 and 4.1.1, RFC 6891, RFC 8482.

export const OPCODE_QUERY = 0;
export const OPCODE_NOTIFY = 4;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  NOTAUTH: 9,
  /** Extended: only with EDNS. */
  BADVERS: 16,
  /** Extended: only with EDNS (RFC 7873). */
  BADCOOKIE: 23,
} as const;

export const TYPE = {
  A: 1,
  NS: 2,
  SOA: 6,
  HINFO: 13,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const CLASS_IN = 1;
export const CLASS_ANY = 255;

/** EDNS options: RFC 7873, RFC 7828. */
export const OPTION = { COOKIE: 10, TCP_KEEPALIVE: 11 } as const;
