// One party's key shares on disk: a file an epoch, sealed with a key that can be kept elsewhere (RFC 7516, `dir`).
import { createPrivateFile } from '@sekisho/config';
import { epochAfter, epochOf, parseEpoch, type Epoch, type KeyShare, type Suite } from '@sekisho/oprf';
import { compactDecrypt, CompactEncrypt } from 'jose';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EvaluationRefused } from './errors.js';
import type { ShareBackup } from './share-backup.js';

/** Which months an epoch's share is there for: its own and the next, in which records are registered again. */
const LIVING_MONTHS = 2;
const KEY_BYTES = 32;

export interface ShareStoreOptions {
  readonly dir: string;
  /** Undefined: `seal.key` in `dir`. */
  readonly sealKeyPath?: string | undefined;
}

/**
 * Who can read the directory and the sealing key has this party's half of every living epoch; the other half is the
 * other party's. Who can write it can make tokens useless, and members notice by the keys that they pinned.
 */
export class ShareStore {
  private readonly shares = new Map<Epoch, KeyShare>();
  private readonly destroyed = new Set<Epoch>();

  private constructor(
    private readonly dir: string,
    private readonly sealKey: Uint8Array,
    private readonly suite: Suite,
  ) {}

  /** @throws {EvaluationRefused} share-unreadable: another sealing key, or a damaged file */
  static async open(options: ShareStoreOptions, suite: Suite): Promise<ShareStore> {
    const store = await ShareStore.at(options, suite);
    await store.read();
    return store;
  }

  /**
   * Puts the shares of a backup where they were lost. Shares that are there already stay, and so does what is destroyed or
   * over at `now`. Another share of the same month, such as one that was made anew after the loss, is in the way unless
   * `isReplacing`. The party's process must not run: it has read its shares.
   * @throws {EvaluationRefused} backup-refused, with nothing changed
   */
  static async restore(
    options: ShareStoreOptions,
    suite: Suite,
    { shares, now, isReplacing = false }: Pick<ShareBackup, 'shares'> & { now: Date; isReplacing?: boolean },
  ): Promise<{ restored: readonly Epoch[]; present: readonly Epoch[]; over: readonly Epoch[] }> {
    const store = await ShareStore.at(options, suite);
    const names = await readdir(store.dir);
    const oldest = oldestLiving(now);
    const isOver = (epoch: Epoch) => epoch < oldest || names.includes(`${epoch}.destroyed`);
    const [over, living] = [
      shares.filter(({ epoch }) => isOver(epoch)),
      shares.filter(({ epoch }) => !isOver(epoch)),
    ];
    const present: Epoch[] = [];
    const lost: typeof living = [];
    for (const share of living) {
      const isThere = names.includes(`${share.epoch}.share`);
      if (isThere && (await store.holds(share.epoch, suite.keyShare(share.secret))))
        present.push(share.epoch);
      else if (isThere && !isReplacing) {
        throw new EvaluationRefused(
          'backup-refused',
          `another key share of ${share.epoch} is here, or one that cannot be opened; it is not replaced unasked`,
        );
      } else lost.push(share);
    }
    for (const { epoch, secret } of lost) await store.replace(epoch, secret);
    return { restored: lost.map(({ epoch }) => epoch), present, over: over.map(({ epoch }) => epoch) };
  }

  private static async at({ dir, sealKeyPath }: ShareStoreOptions, suite: Suite): Promise<ShareStore> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const keyPath = sealKeyPath ?? join(dir, 'seal.key');
    await createPrivateFile(keyPath, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
    const sealKey = Buffer.from((await readFile(keyPath, 'utf8')).trim(), 'base64url');
    return new ShareStore(dir, sealKey, suite);
  }

  /** Makes the shares of this month and the next, so that members know a key before they need it. */
  async prepare(now: Date): Promise<void> {
    const current = epochOf(now.getTime());
    for (const epoch of [current, epochAfter(current)]) {
      if (this.shares.has(epoch) || this.destroyed.has(epoch)) continue;
      await this.put(epoch, this.suite.randomKeyShare(randomBytes).exportSecret());
    }
    // Another process of this party may have been first: what is on disk holds.
    await this.read();
  }

  /** @throws {EvaluationRefused} epoch-unknown, epoch-destroyed */
  share(epoch: Epoch): KeyShare {
    if (this.destroyed.has(epoch)) {
      throw new EvaluationRefused('epoch-destroyed', `the key share of ${epoch} is destroyed`);
    }
    const share = this.shares.get(epoch);
    if (!share) throw new EvaluationRefused('epoch-unknown', `there is no key share of ${epoch}`);
    return share;
  }

  /** Living epochs, oldest first. */
  epochs(): readonly { readonly epoch: Epoch; readonly publicKey: Uint8Array }[] {
    return Array.from(this.shares, ([epoch, { publicKey }]) => ({ epoch, publicKey })).sort((a, b) =>
      a.epoch < b.epoch ? -1 : 1,
    );
  }

  destroyedEpochs(): readonly Epoch[] {
    return [...this.destroyed].sort();
  }

  /** Epochs whose time is over at `now` and that are still here. */
  expired(now: Date): readonly Epoch[] {
    const oldest = oldestLiving(now);
    return [...this.shares.keys()].filter((epoch) => epoch < oldest);
  }

  /** The secrets of the living epochs, for a sealed backup and nothing else. */
  exportSecrets(): ShareBackup['shares'] {
    return Array.from(this.shares, ([epoch, share]) => ({ epoch, secret: share.exportSecret() }));
  }

  /** Overwrites and removes a share, for good: the mark that stays behind keeps a backup from bringing it back. */
  async destroy(epoch: Epoch): Promise<void> {
    await createPrivateFile(join(this.dir, `${epoch}.destroyed`), '');
    await this.shred(epoch);
    this.shares.delete(epoch);
    this.destroyed.add(epoch);
  }

  private async shred(epoch: Epoch): Promise<void> {
    const path = this.file(epoch);
    const length = (await readFile(path).catch(() => Buffer.alloc(0))).length;
    if (length > 0) {
      const file = await open(path, 'r+');
      try {
        await file.write(randomBytes(length), 0, length, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await rm(path, { force: true });
    const folder = await open(this.dir, 'r');
    await folder.sync().finally(() => folder.close());
  }

  private async put(epoch: Epoch, secret: Uint8Array): Promise<void> {
    await createPrivateFile(this.file(epoch), await this.seal(epoch, secret));
  }

  private async replace(epoch: Epoch, secret: Uint8Array): Promise<void> {
    const draft = `${this.file(epoch)}.restored`;
    await rm(draft, { force: true });
    await createPrivateFile(draft, await this.seal(epoch, secret));
    await rename(draft, this.file(epoch));
    const folder = await open(this.dir, 'r');
    await folder.sync().finally(() => folder.close());
  }

  private async seal(epoch: Epoch, secret: Uint8Array): Promise<string> {
    const sealed = await new CompactEncrypt(secret)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'sekisho-share', epoch })
      .encrypt(this.sealKey);
    secret.fill(0);
    return sealed;
  }

  private async holds(epoch: Epoch, { publicKey }: KeyShare): Promise<boolean> {
    const here = await this.unseal(epoch).catch(() => undefined);
    return here !== undefined && Buffer.from(here.publicKey).equals(publicKey);
  }

  private async read(): Promise<void> {
    const names = await readdir(this.dir);
    const epochsWith = (kind: string) =>
      names
        .filter((name) => /^\d{4}-\d\d\./.test(name) && name.endsWith(kind))
        .map((name) => parseEpoch(name.slice(0, 7)));
    for (const epoch of epochsWith('.destroyed')) {
      this.destroyed.add(epoch);
      this.shares.delete(epoch);
    }
    for (const epoch of epochsWith('.share')) {
      // A crash while it was destroyed, or somebody who put a copy back: the mark holds.
      if (this.destroyed.has(epoch)) await this.shred(epoch);
      else if (!this.shares.has(epoch)) this.shares.set(epoch, await this.unseal(epoch));
    }
  }

  private async unseal(epoch: Epoch): Promise<KeyShare> {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(
        await readFile(this.file(epoch), 'utf8'),
        this.sealKey,
      );
      if (protectedHeader['epoch'] !== epoch) throw new Error('it is of another epoch');
      return this.suite.keyShare(plaintext);
    } catch (error) {
      throw new EvaluationRefused(
        'share-unreadable',
        `${this.file(epoch)} cannot be opened with this sealing key; restore both from one backup`,
        undefined,
        { cause: error },
      );
    }
  }

  private file(epoch: Epoch): string {
    return join(this.dir, `${epoch}.share`);
  }
}

const oldestLiving = (now: Date): Epoch => epochAfter(epochOf(now.getTime()), 1 - LIVING_MONTHS);
