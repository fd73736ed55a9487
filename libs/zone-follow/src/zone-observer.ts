import type { ZoneDelta, ZoneIndex } from '@sekisho/zone';

/** Told of all that happens to a zone by whoever follows the hub. */
export interface ZoneObserver {
  /** A snapshot came from disk; it may be brought further before it goes into service. */
  loaded(index: ZoneIndex): Promise<void>;
  /** A delta is about to be applied; what is returned is called when it was. */
  applying(index: ZoneIndex, delta: ZoneDelta): () => void;
  /** A snapshot from the hub went into service. */
  replaced(index: ZoneIndex): void;
}
