import { ZONE_NAMES, type ZoneName } from '@sekisho/zone';
import type { ServedZones } from '@sekisho/zone-follow';

/** How long ago the hub last confirmed each zone, and whether that is recent enough. */
export class ZoneAge {
  private readonly startedAtMs = performance.now();

  constructor(
    private readonly zones: ServedZones,
    private readonly maxAgeSeconds: number,
  ) {}

  /** Why this edge should get no more clients: zones that are missing or too old. Empty when it is ready. */
  faults(nowMs: number): readonly string[] {
    return ZONE_NAMES.flatMap((zone) => {
      if (!this.zones.indexes.has(zone)) return [`zone ${zone} was never loaded`];
      const ageSeconds = this.ageSeconds(zone, nowMs);
      return ageSeconds > this.maxAgeSeconds
        ? [`zone ${zone} is ${Math.floor(ageSeconds)} s old, more than ${this.maxAgeSeconds}`]
        : [];
    });
  }

  // A snapshot from the disk is of unknown age: the edge gets the time of its limit to reach the hub.
  ageSeconds(zone: ZoneName, nowMs: number): number {
    return (nowMs - (this.zones.confirmedAtMs(zone) ?? this.startedAtMs)) / 1000;
  }
}
