import type { ZoneDelta, ZoneIndex, ZoneName } from '@sekisho/zone';

/** Told of every change of a served zone, right after it. Must not throw. */
export type ZoneListener = (index: ZoneIndex) => void;

/** The zones in service. All changes go through here, so that whoever needs to know of them does. */
export class ServedZones {
  private readonly served = new Map<ZoneName, ZoneIndex>();
  private readonly confirmed = new Map<ZoneName, number>();
  private readonly listeners: ZoneListener[] = [];

  get indexes(): ReadonlyMap<ZoneName, ZoneIndex> {
    return this.served;
  }

  onChange(listener: ZoneListener): void {
    this.listeners.push(listener);
  }

  /** Puts a whole zone into service, in place of the one that was. */
  put(index: ZoneIndex): void {
    this.served.set(index.zone, index);
    this.tell(index);
  }

  /** @throws {DeltaRejected} and then nothing has changed */
  apply(index: ZoneIndex, delta: ZoneDelta): void {
    index.apply(delta);
    this.tell(index);
  }

  /** When the hub last confirmed a zone, on the clock of performance.now(); undefined: not since this process began. */
  confirmedAtMs(zone: ZoneName): number | undefined {
    return this.confirmed.get(zone);
  }

  /** The hub said that this is all there is at the moment. */
  confirm(zone: ZoneName, atMs: number): void {
    this.confirmed.set(zone, atMs);
  }

  private tell(index: ZoneIndex): void {
    for (const listener of this.listeners) listener(index);
  }
}
