import type { Dataset, DatasetNs, DatasetPart, DatasetSoa } from './dataset.js';
import { entryReader, type EntryReader } from './entry-reader.js';
import { DatasetRefused, type LineFault } from './errors.js';
import { Line } from './line.js';
import { LineSplitter } from './line-splitter.js';
import { wireName } from './name-text.js';
import { enterSpecial, readSpecial, type SpecialLine } from './special-line.js';
import { ValueTable } from './value-table.js';
import { isDatasetType, type DatasetType } from './zone-spec.js';

/** rbldnsd's -t: 35 minutes. */
export const DEFAULT_TTL_SECONDS = 2100;

export interface LoadOptions {
  readonly nowSeconds: number;
  /** For what the files give no TTL. */
  readonly ttlSeconds?: number;
  /** Called for every line that is not taken as it stands; the load goes on. */
  readonly onFault?: (fault: LineFault) => void;
}

interface OpenPart {
  readonly subzones: readonly Uint8Array[];
  readonly reader: EntryReader;
  readonly values: ValueTable;
  readonly variables: (Uint8Array | undefined)[];
  ttlSeconds: number;
}

/**
 * Reads the files of one dataset, in chunks as they come, and compiles them. Memory is bounded by the entries:
 * a line is gone once it is read.
 *
 * For each file: startFile, push…, endFile; at the end finish. Any octets may be pushed.
 * @throws {DatasetRefused} from push and endFile, when the files must not be used at all; then the loader is done
 */
export class DatasetLoader {
  private readonly line = new Line();
  private readonly splitter = new LineSplitter((bytes, start, end, isWhole) => {
    this.takeLine(bytes, start, end, isWhole);
  });
  private readonly parts: OpenPart[] = [];
  private readonly defaultTtlSeconds: number;
  private readonly variables: (Uint8Array | undefined)[] = new Array<undefined>(11).fill(undefined);
  private soa: DatasetSoa | undefined;
  private ns: DatasetNs | undefined;
  private expiresAtSeconds = 0;
  private ttlSeconds: number;
  private maxRange4 = 0;
  private current: OpenPart | undefined;
  private file = '';
  private lineNumber = 0;
  private faults = 0;

  constructor(
    private readonly type: DatasetType,
    private readonly options: LoadOptions,
  ) {
    this.defaultTtlSeconds = options.ttlSeconds ?? DEFAULT_TTL_SECONDS;
    this.ttlSeconds = this.defaultTtlSeconds;
    if (type !== 'combined') this.current = this.open(type, [new Uint8Array(0)]);
  }

  /** Lines that were not taken as they stand, so far. */
  get faultCount(): number {
    return this.faults;
  }

  startFile(name: string): void {
    this.file = name;
    this.lineNumber = 0;
    if (this.type === 'combined') this.current = undefined;
    this.current?.reader.startFile();
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  /** False when the file ended in the middle of a line, which is then taken as it is. */
  endFile(): boolean {
    const isWhole = this.splitter.finish();
    if (!isWhole) this.report('the last line does not end: is the file cut off?');
    return isWhole;
  }

  finish(): Dataset {
    this.lineNumber = 0;
    const parts = this.parts.map((part): DatasetPart => {
      const table = part.reader.finish((reason) => {
        this.report(reason);
      });
      return {
        subzones: part.subzones,
        ttlSeconds: part.ttlSeconds,
        variables: part.variables,
        values: part.values.toImage(),
        table,
      };
    });
    return {
      soa: this.soa,
      ns: this.ns,
      expiresAtSeconds: this.expiresAtSeconds || undefined,
      isCombined: this.type === 'combined',
      parts,
      entries: this.parts.reduce((sum, { reader }) => sum + reader.size, 0),
    };
  }

  private open(type: Exclude<DatasetType, 'combined'>, subzones: readonly Uint8Array[]): OpenPart {
    const values = new ValueTable();
    const part = {
      subzones,
      reader: entryReader(type, values),
      values,
      variables: [...this.variables],
      ttlSeconds: this.ttlSeconds,
    };
    this.parts.push(part);
    return part;
  }

  private takeLine(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    this.lineNumber++;
    if (!isWhole) this.report('a line of over 32 KiB, cut');
    const line = this.line.set(bytes, start, end);
    if (enterSpecial(line)) {
      const special = readSpecial(line, this.ttlSeconds);
      if (special) this.takeSpecial(special);
      else this.report('invalid or unrecognised special entry');
      return;
    }
    if (line.isDone) return;
    const { current } = this;
    if (!current) throw this.refused('an entry without a $DATASET line before it');
    const reason = current.reader.take(line, { maxRange4: this.maxRange4, ttlSeconds: current.ttlSeconds });
    if (reason !== undefined) this.report(reason);
    if (current.values.isCut) {
      current.values.isCut = false;
      this.report('a TXT of over 255 octets, cut');
    }
  }

  private takeSpecial(special: SpecialLine): void {
    switch (special.kind) {
      case 'soa':
        this.soa ??= special.soa;
        return;
      case 'ns':
        this.ns ??= special.ns;
        return;
      case 'ttl':
        this.takeTtl(special.ttlSeconds || this.defaultTtlSeconds);
        return;
      case 'timestamp':
        this.takeTimestamp(special.madeAtSeconds, special.expiresAtSeconds);
        return;
      case 'maxrange4':
        if (this.maxRange4 > 0 && special.addresses > this.maxRange4) {
          this.report(`$MAXRANGE4 ${special.addresses} is more than the ${this.maxRange4} before, ignored`);
        } else this.maxRange4 = special.addresses;
        return;
      case 'variable': {
        const variables = this.current?.variables ?? this.variables;
        variables[special.place] ??= special.text;
        return;
      }
      case 'dataset':
        this.takeDataset(special.type, special.subzones);
    }
  }

  private takeTtl(ttlSeconds: number): void {
    if (this.current) this.current.ttlSeconds = ttlSeconds;
    // In a combined file it then counts for the one dataset.
    if (!this.current || this.type !== 'combined') this.ttlSeconds = ttlSeconds;
  }

  private takeTimestamp(madeAtSeconds: number, expiresAtSeconds: number): void {
    const ahead = madeAtSeconds - this.options.nowSeconds;
    if (ahead > 0) throw this.refused(`its $TIMESTAMP is ${Math.ceil(ahead)} s in the future`);
    if (expiresAtSeconds === 0) return;
    if (this.expiresAtSeconds === 0 || expiresAtSeconds < this.expiresAtSeconds) {
      this.expiresAtSeconds = expiresAtSeconds;
    }
  }

  private takeDataset(type: string, subzones: readonly string[]): void {
    if (this.type !== 'combined') {
      this.report('$DATASET counts in combined datasets only');
      return;
    }
    if (!isDatasetType(type) || type === 'combined') {
      throw this.refused(`no dataset type for $DATASET: ${JSON.stringify(type.slice(0, 60))}`);
    }
    if (subzones.length === 0) this.report('$DATASET without subzones: its entries are for nothing');
    const names: Uint8Array[] = [];
    for (const subzone of subzones) {
      const name = subzone === '@' ? new Uint8Array(0) : wireName(subzone);
      if (name) names.push(name);
      else this.report(`invalid subzone ${JSON.stringify(subzone.slice(0, 60))}`);
    }
    this.current = this.open(type, names);
    this.current.reader.startFile();
  }

  private report(reason: string): void {
    this.faults++;
    this.options.onFault?.({ file: this.file, line: this.lineNumber, reason });
  }

  private refused(reason: string): DatasetRefused {
    return new DatasetRefused(this.file, this.lineNumber, reason);
  }
}
