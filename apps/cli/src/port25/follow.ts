import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openFile, standardInput } from '../import/input-file.js';
import type { Port25Run } from './port25-run.js';

export interface FollowOptions {
  /** Files, of which `-` is standard input. They may appear later. */
  readonly paths: readonly string[];
  readonly stdin: AsyncIterable<Buffer | string>;
  /** How long connections are counted together. */
  readonly windowMs: number;
  /** How often files are looked at. */
  readonly pollMs: number;
  /** Ends it, after a last report. */
  readonly signal: AbortSignal;
  readonly onFlush: () => void;
}

/** Reads what is added to files, also across a rotation, and reports at the end of each window. */
export async function follow(run: Port25Run, options: FollowOptions): Promise<void> {
  const { paths, stdin, windowMs, pollMs, signal, onFlush } = options;
  const files = paths.filter((path) => path !== '-').map((path) => new FollowedFile(path));
  let stream: BackgroundStream | undefined;
  if (paths.includes('-')) stream = readInBackground(run, stdin);
  let windowEndsAt = performance.now() + windowMs;
  const isOver = () => signal.aborted || (stream?.isOpen === false && files.length === 0);
  while (!isOver()) {
    for (const file of files) await file.readNew(run);
    if (performance.now() >= windowEndsAt) {
      await run.flush();
      onFlush();
      windowEndsAt = performance.now() + windowMs;
    }
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
  }
  for (const file of files) await file.readNew(run);
  if (stream?.failure) throw stream.failure;
  await run.flush();
  onFlush();
}

interface BackgroundStream {
  isOpen: boolean;
  failure?: Error;
}

function readInBackground(run: Port25Run, stdin: AsyncIterable<Buffer | string>): BackgroundStream {
  const stream: BackgroundStream = { isOpen: true };
  standardInput(stdin)
    .then((input) => run.read(input))
    .catch((error: unknown) => {
      stream.failure = error instanceof Error ? error : new Error(String(error));
    })
    .finally(() => {
      stream.isOpen = false;
    });
  return stream;
}

/** A file that grows and is replaced: by renaming it, as logrotate does, or by emptying it. */
class FollowedFile {
  /** Of the file under this name, and of the one before it, into which a program may write for a while yet. */
  private inode: number | undefined;
  private formerInode: number | undefined;

  constructor(private readonly path: string) {}

  async readNew(run: Port25Run): Promise<void> {
    const inode = await inodeOf(this.path);
    if (this.inode !== undefined && inode !== this.inode) this.formerInode = this.inode;
    if (inode !== undefined) this.inode = inode;
    const former = this.formerInode === undefined ? undefined : await this.renamed(this.formerInode);
    for (const path of [former, this.path]) {
      const file = path === undefined ? undefined : await openFile(path).catch(undefinedIfGone);
      if (!file) continue;
      try {
        await run.read(file);
      } finally {
        await file.close();
      }
    }
  }

  /** Beside it, under a longer name: mail.log.1, mail.log-20261120. */
  private async renamed(inode: number): Promise<string | undefined> {
    const folder = dirname(this.path);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(basename(this.path)) || name === basename(this.path)) continue;
      if ((await inodeOf(join(folder, name))) === inode) return join(folder, name);
    }
    return undefined;
  }
}

/** It was renamed a moment ago: next time it has its new name. */
function undefinedIfGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

const inodeOf = (path: string) =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );
