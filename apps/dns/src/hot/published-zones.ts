import type { ZoneIndex, ZoneName } from '@sekisho/zone';
import type { HotNames } from './hot-answer.js';
import type { HotContent, Publication } from './hot-control.js';

/** The zones as other threads see them. */
export class PublishedZones {
  private readonly zones = new Map<ZoneName, { index: ZoneIndex; layout: number }>();

  constructor(private readonly names: HotNames) {}

  /** To be called after every change of a zone: what to publish, when there are new arrays. */
  put(index: ZoneIndex): Publication | undefined {
    const { layout } = index;
    const known = this.zones.get(index.zone);
    if (known?.index === index && known.layout === layout) return undefined;
    this.zones.set(index.zone, { index, layout });
    return { kind: 'zone', zone: index.shared };
  }

  content(): HotContent {
    const zones = [...this.zones.values()].map(({ index }) => index.shared);
    return { kind: 'zones', names: this.names, zones };
  }
}
