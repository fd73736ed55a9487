import { stat } from 'node:fs/promises';

/** What tells that a file is another one than before; undefined: it cannot be looked at. */
export interface FileState {
  readonly modifiedAtMs: number;
  readonly bytes: number;
  readonly inode: number;
}

export async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return { modifiedAtMs: mtimeMs, bytes: size, inode: ino };
  } catch {
    return undefined;
  }
}

export const isSameState = (a: FileState | undefined, b: FileState | undefined): boolean =>
  a?.modifiedAtMs === b?.modifiedAtMs && a?.bytes === b?.bytes && a?.inode === b?.inode;

export const areSameStates = (
  a: readonly (FileState | undefined)[],
  b: readonly (FileState | undefined)[],
): boolean => a.length === b.length && a.every((state, i) => isSameState(state, b[i]));
