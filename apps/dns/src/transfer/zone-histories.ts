import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES, type ZoneDelta, type ZoneHistory, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import { ZoneJournal } from './zone-journal.js';

/** Told of all that happens to a zone by whoever follows the hub. */
export interface ZoneObserver {
  /** A snapshot came from disk; it may be brought further before it goes into service. */
  loaded(index: ZoneIndex): Promise<void>;
  /** A delta is about to be applied; what is returned is called when it was. */
  applying(index: ZoneIndex, delta: ZoneDelta): () => void;
  /** A snapshot from the hub went into service. */
  replaced(index: ZoneIndex): void;
}

/** The histories of all zones, and word of every change to `changed`. */
export class ZoneHistories implements ZoneObserver {
  private readonly journals: ReadonlyMap<ZoneName, ZoneJournal>;

  constructor(
    dataDir: string,
    records: string,
    logger: Logger,
    private readonly changed: (zone: ZoneName, serial: number) => void,
  ) {
    this.journals = new Map(
      ZONE_NAMES.map((zone) => [zone, new ZoneJournal(dataDir, zone, records, logger)]),
    );
  }

  of(zone: ZoneName): ZoneHistory {
    return this.journal(zone).history;
  }

  async loaded(index: ZoneIndex): Promise<void> {
    await this.journal(index.zone).load(index);
    this.changed(index.zone, index.serial);
  }

  applying(index: ZoneIndex, delta: ZoneDelta): () => void {
    const done = this.journal(index.zone).begin(index, delta);
    return () => {
      done();
      this.changed(index.zone, delta.to);
    };
  }

  replaced(index: ZoneIndex): void {
    this.journal(index.zone).restart();
    this.changed(index.zone, index.serial);
  }

  async flush(): Promise<void> {
    await Promise.all(Array.from(this.journals.values(), (journal) => journal.flush()));
  }

  private journal(zone: ZoneName): ZoneJournal {
    const journal = this.journals.get(zone);
    if (!journal) throw new RangeError(`no zone ${zone}`);
    return journal;
  }
}
