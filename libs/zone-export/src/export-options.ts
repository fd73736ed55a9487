import type { ZoneName } from '@sekisho/zone';

/** What a zone file says besides its entries; as `sekisho dns` says it, so that both answer alike. */
export interface ExportOptions {
  /** The apex Z, lower case, without final dot. */
  readonly apex: string;
  /** The serial of the SOA, 32 bits, so that all who load the file agree. */
  readonly serial: number;
  /** Where TXT records lead people; without a final slash. */
  readonly publicUrl: string;
}

/** The edge's own figures: listings live a minute, and a denial no longer (RFC 2308). */
export const TIMING = {
  ttl: 60,
  refresh: 300,
  retry: 60,
  expire: 604_800,
  minimum: 60,
} as const;

/** The zone's name under the apex, without final dot. */
export const originOf = (zone: ZoneName, { apex }: ExportOptions): string => `${zone}.${apex}`;

/** The lines that begin a zone file of RFC 1035 section 5. */
export function masterHead(origin: string, { apex, serial }: ExportOptions): string[] {
  const { ttl, refresh, retry, expire, minimum } = TIMING;
  return [
    `$ORIGIN ${origin}.`,
    `$TTL ${ttl}`,
    `@ IN SOA ns1.${apex}. hostmaster.${apex}. ${serial} ${refresh} ${retry} ${expire} ${minimum}`,
    `@ IN NS ns1.${apex}.`,
  ];
}
