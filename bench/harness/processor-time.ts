// Processor time of whole process trees, from /proc (proc_pid_stat(5)); Linux only.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Own time and that of children that ended and were waited for. */
  readonly seconds: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold anything; the third field follows its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

/** Seconds of processor time that a process and all below it have used so far. */
export function treeSeconds(root: number): number {
  const stats = allStats();
  const below = (pid: number): number =>
    stats.filter(({ parent }) => parent === pid).reduce((sum, child) => sum + below(child.pid), 0) +
    (stats.find((stat) => stat.pid === pid)?.seconds ?? 0);
  return below(root);
}

/** Seconds of processor time of one process so far. */
export const ownSeconds = (pid: number): number => readStat(pid)?.seconds ?? Number.NaN;

/** The child processes of this one that run the file, for example `apps/hub/dist/main.js`. */
export function childRunning(file: string): number {
  const found = allStats().find(
    ({ pid, parent }) => parent === process.pid && commandOf(pid).some((part) => part.endsWith(file)),
  );
  if (!found) throw new Error(`no child process runs ${file}`);
  return found.pid;
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
