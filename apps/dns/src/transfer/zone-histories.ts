import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES, type ZoneDelta, type ZoneHistory, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import type { ZoneObserver } from '@sekisho/zone-follow';
import { giveMemoryBack } from '../operate/small-memory.js';
import { ZoneJournal } from './zone-journal.js';

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
    giveMemoryBack();
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
