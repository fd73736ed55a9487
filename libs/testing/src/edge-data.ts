import { generateHubKey, importHubKey, signDigest, type HubKey } from '@sekisho/auth';
import { encodeSnapshot, type ZoneIndex, type ZoneSnapshot } from '@sekisho/zone';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The data directory of an edge that had its zones from a hub and lost it: snapshots, signatures, the hub's key. */
export class EdgeData {
  private constructor(
    private readonly dataDir: string,
    private readonly key: HubKey,
  ) {}

  static async create(dataDir: string): Promise<EdgeData> {
    const key = await importHubKey(await generateHubKey());
    await mkdir(join(dataDir, 'edge'), { recursive: true });
    await mkdir(join(dataDir, 'keys'), { recursive: true });
    await writeFile(join(dataDir, 'keys', 'hub.jwks.json'), JSON.stringify({ keys: [key.publicJwk] }));
    return new EdgeData(dataDir, key);
  }

  /** Resolves to the size of the file. */
  async write(content: ZoneSnapshot | ZoneIndex): Promise<number> {
    const bytes = encodeSnapshot(content, sha256);
    const base = join(this.dataDir, 'edge', `${content.zone}.${content.serial}`);
    await writeFile(`${base}.jws`, await signDigest(sha256(bytes), 'sekisho-snapshot+jws', this.key));
    await writeFile(`${base}.snapshot`, bytes);
    return bytes.length;
  }
}
