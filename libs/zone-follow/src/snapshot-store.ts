import type { Logger } from '@sekisho/telemetry';
import { decodeSnapshot, SnapshotDamaged, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readChanges } from './change-message.js';
import type { HubKeys } from './hub-keys.js';

export const nativeSha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The newest and the one before it. */
const GENERATIONS_KEPT = 2;
/** When the changes are longer than this and than the snapshot, a new snapshot is the shorter way. */
const MIN_JOURNAL_BYTES = 8 * 1024 * 1024;

export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly signature: string;
}

/**
 * What an edge knows of a zone, on disk, all of it signed by the hub: `ip.7.snapshot` (serial 7), its signature beside
 * it in `.jws`, and the changes since in `.changes`, a line each. What does not verify is logged and not used; then the
 * generation before it is. Files appear whole; a cut-off last line of changes is what a crash leaves.
 */
export class SnapshotStore {
  private readonly folder: string;
  private current: { readonly base: string; readonly bytes: number; journalBytes: number } | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    dataDir: string,
    private readonly zone: ZoneName,
    private readonly keys: HubKeys,
    private readonly logger: Logger,
  ) {
    this.folder = join(dataDir, 'edge');
  }

  /** Whether reading the changes takes longer than a new snapshot would. */
  get isLong(): boolean {
    const { current } = this;
    return current !== undefined && current.journalBytes > Math.max(MIN_JOURNAL_BYTES, current.bytes);
  }

  /** The newest good state; undefined when there is none. */
  async load(): Promise<ZoneIndex | undefined> {
    for (const base of await this.generations()) {
      try {
        return await this.loadGeneration(base);
      } catch (error) {
        this.logger.warn({ zone: this.zone, path: `${base}.snapshot`, err: error }, 'snapshot file ignored');
      }
    }
    return undefined;
  }

  /** Keeps a verified snapshot; failures are logged. The one before it stays, older ones go. */
  save(serial: number, { bytes, signature }: SignedBytes): void {
    this.enqueue(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const base = join(this.folder, `${this.zone}.${serial}`);
      await rm(`${base}.changes`, { force: true });
      await writeWhole(`${base}.jws`, Buffer.from(`${signature}\n`));
      await writeWhole(`${base}.snapshot`, bytes);
      this.current = { base, bytes: bytes.length, journalBytes: 0 };
      for (const old of (await this.generations()).slice(GENERATIONS_KEPT)) {
        await Promise.all(
          ['snapshot', 'jws', 'changes'].map((suffix) => rm(`${old}.${suffix}`, { force: true })),
        );
      }
    });
  }

  /** Keeps a verified change after the last snapshot; failures are logged. */
  append({ bytes, signature }: SignedBytes): void {
    const line = `${signature} ${Buffer.from(bytes).toString()}\n`;
    this.enqueue(async () => {
      if (!this.current) return;
      await appendFile(`${this.current.base}.changes`, line, { mode: 0o600 });
      this.current.journalBytes += line.length;
    });
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.writing;
  }

  private enqueue(write: () => Promise<void>): void {
    this.writing = this.writing.then(write).catch((error: unknown) => {
      this.logger.error({ zone: this.zone, err: error }, 'zone not saved');
    });
  }

  /** Paths without suffix, the newest first. */
  private async generations(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found = names.flatMap((name) => {
      const match = /^(.+)\.\d+\.snapshot$/.exec(name);
      return match?.[1] === this.zone ? [join(this.folder, name)] : [];
    });
    const dated = await Promise.all(
      found.map(async (path) => ({ path, writtenAtMs: (await stat(path)).mtimeMs })),
    );
    return dated
      .sort((a, b) => b.writtenAtMs - a.writtenAtMs)
      .map(({ path }) => path.slice(0, -'.snapshot'.length));
  }

  private async loadGeneration(base: string): Promise<ZoneIndex> {
    const bytes = await readFile(`${base}.snapshot`);
    const signature = await readFile(`${base}.jws`, 'utf8');
    await this.keys.verifyKnown(signature.trim(), bytes, 'sekisho-snapshot+jws');
    const index = decodeSnapshot(bytes, nativeSha256);
    if (index.zone !== this.zone) throw new SnapshotDamaged(`it is of zone ${index.zone}`);
    this.current = { base, bytes: bytes.length, journalBytes: await this.replay(base, index) };
    return index;
  }

  private async replay(base: string, index: ZoneIndex): Promise<number> {
    const text = await readFile(`${base}.changes`, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const cut = line.indexOf(' ');
      const body = Buffer.from(line.slice(cut + 1));
      try {
        await this.keys.verifyKnown(line.slice(0, cut), body, 'sekisho-changes+jws');
        index.apply(readChanges(body));
      } catch (error) {
        this.logger.warn({ zone: this.zone, serial: index.serial, err: error }, 'later changes ignored');
        break;
      }
    }
    return Buffer.byteLength(text);
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
