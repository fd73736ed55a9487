import { formatSubject, readSubject } from '@sekisho/subject';
import type { Logger } from '@sekisho/telemetry';
import {
  formatReturnCode,
  parseReturnCode,
  stepOf,
  ZoneHistory,
  type HistoryStep,
  type ZoneDelta,
  type ZoneIndex,
  type ZoneName,
} from '@sekisho/zone';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { changeMessage } from '@sekisho/zone-follow';

/** Changed subjects that are remembered of a zone: a secondary that missed more takes the whole zone. */
const MAX_CHANGES = 200_000;
/** The file is written anew when more than this share of its lines is forgotten. */
const MAX_DEAD_SHARE = 0.5;
const SMALL_FILE_LINES = 1_000;

const formerMessage = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));
const header = z.object({ version: z.literal(1), zone: z.string(), records: z.string() });

/**
 * The history of a zone beside its snapshot on disk: one line of JSON a delta, with what it replaced. On start the
 * deltas behind the snapshot are applied again, so that no serial that was shown to a secondary is forgotten.
 * Whoever can write the file decides what this edge answers until the hub is reached.
 */
export class ZoneJournal {
  readonly history: ZoneHistory;
  private readonly path: string;
  private writing: Promise<void> = Promise.resolve();
  private lines = 0;
  private isBroken = false;

  constructor(
    dataDir: string,
    private readonly zone: ZoneName,
    /** What records are made of besides the zone; another one and the history is of no use. */
    private readonly records: string,
    private readonly logger: Logger,
    maxChanges = MAX_CHANGES,
  ) {
    this.path = join(dataDir, 'edge', `${zone}.journal`);
    this.history = new ZoneHistory(maxChanges);
  }

  /** Reads the history and brings the index from its snapshot to the last serial that this edge had. */
  async load(index: ZoneIndex): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const [first = '', ...rest] = text.split('\n');
    // Without its line end the last line was not written to its end.
    const lines = rest.slice(0, -1);
    try {
      if (text !== '') {
        const { zone, records } = header.parse(JSON.parse(first));
        if (zone === this.zone && records === this.records) {
          for (const line of lines) this.history.add(readStep(line));
        }
      }
      for (const { delta } of this.history.all()) {
        if (delta.from === index.serial) index.apply(delta);
      }
    } catch (error) {
      this.logger.warn({ zone: this.zone, path: this.path, err: error }, 'journal ignored');
      this.history.clear();
    }
    if (this.history.serial !== undefined && this.history.serial !== index.serial) this.history.clear();
    this.rewrite();
  }

  /** Notes a delta that is about to be applied. @returns what to call when it was */
  begin(index: ZoneIndex, delta: ZoneDelta): () => void {
    const step = stepOf(index, delta);
    return () => {
      this.history.add(step);
      this.lines++;
      const kept = this.history.all().length;
      if (this.isBroken || (this.lines > SMALL_FILE_LINES && kept < this.lines * (1 - MAX_DEAD_SHARE))) {
        this.rewrite();
      } else this.enqueue(() => appendFile(this.path, `${writeStep(step)}\n`, { mode: 0o600 }));
    };
  }

  /** The zone was replaced by a snapshot: how it got there is not known. */
  restart(): void {
    this.history.clear();
    this.rewrite();
  }

  /** Resolves when all is on disk. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private rewrite(): void {
    const steps = this.history.all();
    this.lines = steps.length;
    const head = JSON.stringify({ version: 1, zone: this.zone, records: this.records });
    this.enqueue(async () => {
      const text = [head, ...steps.map(writeStep), ''].join('\n');
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await writeFile(`${this.path}.part`, text, { mode: 0o600 });
      await rename(`${this.path}.part`, this.path);
      this.isBroken = false;
    });
  }

  private enqueue(write: () => Promise<void>): void {
    this.writing = this.writing.then(write).catch((error: unknown) => {
      // A line that is missing would break the chain: the next write is of the whole.
      this.isBroken = true;
      this.logger.error({ zone: this.zone, err: error }, 'journal not written');
    });
  }
}

function writeStep({ delta, former }: HistoryStep): string {
  const { zone, from, to, announce, withdraw } = delta;
  return JSON.stringify({
    ...{ zone, from, to },
    announce: announce.map(({ subject, codes }) => [formatSubject(subject), codes.map(formatReturnCode)]),
    withdraw: withdraw.map(formatSubject),
    former: former.map(({ subject, codes }) => [
      formatSubject(subject),
      codes?.map(formatReturnCode) ?? null,
    ]),
  });
}

function readStep(line: string): HistoryStep {
  const message: unknown = JSON.parse(line);
  const { former } = z.object({ former: formerMessage }).parse(message);
  return {
    delta: changeMessage.parse(message),
    former: former.map(([subject, codes]) => ({
      subject: readSubject(subject),
      codes: codes?.map((code) => parseReturnCode(code) ?? 0),
    })),
  };
}
