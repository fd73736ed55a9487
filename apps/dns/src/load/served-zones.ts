import { labelsOfName, nameOfText } from '@sekisho/dns-wire';
import { LoadedZone, type ZoneSpec } from '@sekisho/rbldnsd';
import type { Logger } from '@sekisho/telemetry';
import type { PublishedZone, Publication } from '../hot/hot-control.js';
import { giveMemoryBack } from '../operate/small-memory.js';
import { areSameStates, stateOf, type FileState } from './file-state.js';
import { loadInThread } from './load-in-thread.js';
import type { ReadDataset } from './read-dataset.js';

/** A zone in service. */
export interface ServedZone extends PublishedZone {
  /** As text, lower case, without final dot. */
  readonly name: string;
  readonly zone: LoadedZone;
}

/** Files that are read together; zones that name the same files share it. */
interface Source {
  readonly spec: ZoneSpec;
  /** What is in service. */
  current: ReadDataset | undefined;
  /** The files as they were when they were last read, well or not. */
  tried: readonly (FileState | undefined)[];
  /** The files as they were at the last look. */
  seen: readonly (FileState | undefined)[];
}

const keyOf = ({ type, files }: ZoneSpec): string => JSON.stringify([type, files]);

/** The zones of the command line, and their files. Each zone is replaced as a whole, between two queries. */
export class ServedZones {
  private readonly sources = new Map<string, Source>();
  private served: readonly ServedZone[] = [];
  private reloading: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private onChange: (publication: Publication) => void = () => undefined;

  constructor(
    private readonly specs: readonly ZoneSpec[],
    private readonly ttlSeconds: number,
    private readonly logger: Logger,
  ) {
    for (const spec of specs) {
      const key = keyOf(spec);
      if (!this.sources.has(key)) {
        this.sources.set(key, { spec, current: undefined, tried: [], seen: [] });
      }
    }
  }

  /** The longest zone first, so that the first one that a name ends in is its zone. */
  get zones(): readonly ServedZone[] {
    return this.served;
  }

  /** What other threads need to answer from the zones. */
  get publication(): Publication & { kind: 'loaded' } {
    return {
      kind: 'loaded',
      zones: this.served.map(({ wire, datasets, modifiedAtSeconds }) => ({
        wire,
        datasets,
        modifiedAtSeconds,
      })),
    };
  }

  /** Told of every change of the zones, right after it. */
  watchChanges(onChange: (publication: Publication) => void): void {
    this.onChange = onChange;
  }

  /** The first load of everything. @throws {DatasetRefused} when any of it cannot be used */
  async load(): Promise<void> {
    for (const source of this.sources.values()) await this.read(source);
    this.rebuild();
  }

  /** Looks at the files again and again; a changed one is read once it has not changed for one interval. */
  watch(checkSeconds: number): void {
    if (checkSeconds === 0) return;
    this.timer = setInterval(() => {
      this.enqueue(true);
    }, checkSeconds * 1000);
  }

  /** Reads changed files now. */
  reload(): void {
    this.enqueue(false);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.reloading;
  }

  private enqueue(mustBeStill: boolean): void {
    this.reloading = this.reloading
      .then(() => this.reloadChanged(mustBeStill))
      .catch((error: unknown) => {
        this.logger.error({ err: error }, 'the data files could not be looked at');
      });
  }

  private async reloadChanged(mustBeStill: boolean): Promise<void> {
    let hasChanged = false;
    for (const source of this.sources.values()) {
      const now = await Promise.all(source.spec.files.map(stateOf));
      const isStill = areSameStates(now, source.seen);
      source.seen = now;
      if (areSameStates(now, source.tried) || (mustBeStill && !isStill)) continue;
      hasChanged = (await this.tryRead(source, now)) || hasChanged;
    }
    if (!hasChanged) return;
    this.rebuild();
    this.onChange(this.publication);
    giveMemoryBack();
  }

  private async tryRead(source: Source, now: readonly (FileState | undefined)[]): Promise<boolean> {
    source.tried = now;
    try {
      await this.read(source);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.error({ zone: source.spec.zone, reason }, 'data files not taken: the zone stays as it was');
      return false;
    }
  }

  private async read(source: Source): Promise<void> {
    const { spec } = source;
    const startedAtMs = performance.now();
    const isReload = source.current !== undefined;
    const { type, files } = spec;
    const read = await loadInThread({ type, files, ttlSeconds: this.ttlSeconds, isReload });
    source.current = read;
    source.tried = source.seen = read.states;
    for (const { file, line, reason } of read.faults) {
      this.logger.warn({ file, line, reason }, `${file}:${line}: ${reason}`);
    }
    const unsaid = read.faultCount - read.faults.length;
    if (unsaid > 0) this.logger.warn({ files, unsaid }, `${unsaid} more lines with faults`);
    this.logger.info(
      { type, files, entries: read.dataset.entries, ms: Math.round(performance.now() - startedAtMs) },
      'data files loaded',
    );
  }

  private rebuild(): void {
    const names = [...new Set(this.specs.map(({ zone }) => zone))];
    this.served = names
      .map((name) => this.zoneOf(name))
      .sort((a, b) => labelsOfName(b.wire).length - labelsOfName(a.wire).length);
  }

  private zoneOf(name: string): ServedZone {
    const reads = this.specs
      .filter(({ zone }) => zone === name)
      .flatMap((spec) => this.sources.get(keyOf(spec))?.current ?? []);
    const times = reads.flatMap(({ states }) => states.map(({ modifiedAtMs }) => modifiedAtMs));
    const modifiedAtSeconds = Math.floor(Math.max(0, ...times) / 1000);
    const datasets = reads.map(({ dataset }) => dataset);
    const zone = new LoadedZone(datasets, modifiedAtSeconds);
    return { name, wire: nameOfText(name) ?? new Uint8Array(1), datasets, modifiedAtSeconds, zone };
  }
}
