import { HubSignatureRefused, readHubKeys, verifyDigest, type HubSignatureTyp } from '@sekisho/auth';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Jwks = ReturnType<typeof readHubKeys>;

/**
 * The hub's public keys, kept on disk so that an edge can check its snapshots while the hub is away. They come from
 * the hub's URL at first use and whenever something is signed by a key not known yet. Whoever can write the file, or
 * answers for the hub's URL, decides what this edge believes.
 */
export class HubKeys {
  private readonly path: string;
  private keys: Jwks | undefined;

  constructor(
    dataDir: string,
    /** Asks the hub for its key document. */
    private readonly fetchKeys: () => Promise<unknown>,
  ) {
    this.path = join(dataDir, 'keys', 'hub.jwks.json');
  }

  /** Resolves when the hub signed these bytes. @throws {HubSignatureRefused} @throws {HubUnavailable} */
  async verify(jws: string, bytes: Uint8Array, typ: HubSignatureTyp): Promise<void> {
    try {
      await this.verifyKnown(jws, bytes, typ);
    } catch (error) {
      if (!(error instanceof HubSignatureRefused) || error.code !== 'signature-key-unknown') throw error;
      const document = await this.fetchKeys();
      const keys = readHubKeys(document);
      await verifyDigest(jws, sha256(bytes), typ, keys);
      this.keys = keys;
      await this.save(document);
    }
  }

  /** The same with the keys on disk alone: for a start without the hub. @throws {HubSignatureRefused} */
  async verifyKnown(jws: string, bytes: Uint8Array, typ: HubSignatureTyp): Promise<void> {
    this.keys ??= await this.load();
    await verifyDigest(jws, sha256(bytes), typ, this.keys);
  }

  private async load(): Promise<Jwks> {
    try {
      return readHubKeys(JSON.parse(await readFile(this.path, 'utf8')));
    } catch {
      // Missing or not readable: the hub is asked again.
      return [];
    }
  }

  private async save(document: unknown): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    // All zones learn of a new key at the same time.
    const draft = `${this.path}.${randomUUID()}.part`;
    await writeFile(draft, `${JSON.stringify(document)}\n`, { mode: 0o600 });
    await rename(draft, this.path);
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
