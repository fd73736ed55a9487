import { Gauge, type Registry } from '@sekisho/telemetry';
import { ZONE_NAMES } from '@sekisho/zone';
import type { ServedZones } from '@sekisho/zone-follow';

/** How long ago the hub last confirmed each zone, and whether that is recent enough. */
export class ZoneAge {
  private readonly startedAtMs = performance.now();

  constructor(
    private readonly zones: ServedZones,
    registry: Registry,
    private readonly maxAgeSeconds: number,
  ) {
    const gauge = (name: string, help: string, read: () => Iterable<readonly [string, number]>) =>
      new Gauge({
        name: `sekisho_dns_zone_${name}`,
        help,
        labelNames: ['zone'],
        registers: [registry],
        collect() {
          this.reset();
          for (const [zone, value] of read()) this.set({ zone }, value);
        },
      });
    gauge('serial', 'Serial of the zone as served', () =>
      [...zones.indexes.values()].map((index) => [index.zone, index.serial] as const),
    );
    gauge('entries', 'Entries of the zone', () =>
      [...zones.indexes.values()].map((index) => [index.zone, index.size] as const),
    );
    gauge('index_bytes', 'Memory of the tables of the zone', () =>
      [...zones.indexes.values()].map((index) => [index.zone, index.byteLength] as const),
    );
    gauge('age_seconds', 'Time since the hub confirmed the zone, at least since this process began', () => {
      const nowMs = performance.now();
      return [...zones.indexes.keys()].map((zone) => [zone, this.ageSeconds(zone, nowMs)] as const);
    });
  }

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
  private ageSeconds(zone: (typeof ZONE_NAMES)[number], nowMs: number): number {
    return (nowMs - (this.zones.confirmedAtMs(zone) ?? this.startedAtMs)) / 1000;
  }
}
