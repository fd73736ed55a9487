import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE_MB = 4;

/** A folder on a disk of 4 MB; where mounting is not allowed, a limit on the size of a process's files stands in for it. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;
  readonly kind: 'tmpfs' | 'RLIMIT_FSIZE';

  private constructor(folder: string, kind: SmallDisk['kind']) {
    this.folder = folder;
    this.kind = kind;
  }

  static async mount(folder: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    const isMounted = await run('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${String(SIZE_MB)}m`,
      'tmpfs',
      folder,
    ]).then(
      () => true,
      () => false,
    );
    return new SmallDisk(folder, isMounted ? 'tmpfs' : 'RLIMIT_FSIZE');
  }

  async fill(pid: number | undefined): Promise<void> {
    if (this.kind === 'RLIMIT_FSIZE') return limitFiles(pid, '1:');
    await writeFile(join(this.folder, 'ballast'), Buffer.alloc(SIZE_MB << 20)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    });
  }

  async free(pid: number | undefined): Promise<void> {
    if (this.kind === 'RLIMIT_FSIZE') return limitFiles(pid, 'unlimited:');
    await rm(join(this.folder, 'ballast'), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.kind === 'tmpfs') await run('umount', [this.folder]);
  }
}

/** The soft limit only: an ordinary user may raise it again. */
async function limitFiles(pid: number | undefined, limit: string): Promise<void> {
  if (pid !== undefined) await run('prlimit', ['--pid', String(pid), `--fsize=${limit}`]);
}
