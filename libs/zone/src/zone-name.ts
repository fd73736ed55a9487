/** The zones under the apex Z; `high.ip` is the label `high` in front of `ip`. The order is part of the snapshot format. */
export const ZONE_NAMES = ['ip', 'high.ip', 'policy', 'domain', 'hash', 'score'] as const;
export type ZoneName = (typeof ZONE_NAMES)[number];

export const isZoneName = (text: string): text is ZoneName =>
  (ZONE_NAMES as readonly string[]).includes(text);

/** The zones whose names are reversed addresses; `score` holds every kind of subject. */
export const isAddressZone = (zone: ZoneName): boolean => zone !== 'domain' && zone !== 'hash';
