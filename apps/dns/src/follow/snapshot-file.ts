import {
  decodeSnapshot,
  encodeSnapshot,
  SnapshotDamaged,
  type ZoneIndex,
  type ZoneName,
} from '@sekisho/zone';
import type { Logger } from '@sekisho/telemetry';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const nativeSha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * The last snapshot of a zone on disk: whole or not there. Whoever can write the file decides what this edge
 * answers until the hub is reached.
 */
export class SnapshotFile {
  private readonly path: string;

  constructor(
    dataDir: string,
    private readonly zone: ZoneName,
    private readonly logger: Logger,
  ) {
    this.path = join(dataDir, 'edge', `${zone}.snapshot`);
  }

  /** undefined when there is none; a damaged one is left where it is, logged and not used. */
  async load(): Promise<ZoneIndex | undefined> {
    try {
      const index = decodeSnapshot(await readFile(this.path), nativeSha256);
      if (index.zone !== this.zone) throw new SnapshotDamaged(`it is of zone ${index.zone}`);
      return index;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      this.logger.warn({ zone: this.zone, path: this.path, err: error }, 'snapshot file ignored');
      return undefined;
    }
  }

  /** @throws what the file system says; the old file is then still there */
  async save(index: ZoneIndex): Promise<void> {
    const bytes = encodeSnapshot(index, nativeSha256);
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const draft = `${this.path}.part`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.path);
  }
}
