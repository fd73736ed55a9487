import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process, told apart from a later one that was given the same pid by the moment it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for two observations of one process. Empty when the platform does not tell. */
  readonly startedAt: string;
}

/** Whether a signal could reach the pid at all; true also for a process of somebody else. */
function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process that has this pid now, or undefined when there is none (or only a zombie). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat !== undefined) {
      // proc_pid_stat(5): the command may contain spaces and brackets, so fields are counted after the last ')'.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      // Ticks are counted from boot, hence the boot id: the same ticks may come again after a reboot.
      const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
      return { pid, startedAt: `${boot.trim()}/${fields[19] ?? ''}` };
    }
  }
  if (!isPidTaken(pid)) return undefined;
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => ({ stdout: '' }));
  return { pid, startedAt: stdout.trim() };
}

/** Whether the recorded process still runs. A start that the platform does not tell counts as a match. */
export async function isStillRunning(recorded: ProcessIdentity): Promise<boolean> {
  const current = await identifyProcess(recorded.pid);
  if (!current) return false;
  return !current.startedAt || !recorded.startedAt || current.startedAt === recorded.startedAt;
}
