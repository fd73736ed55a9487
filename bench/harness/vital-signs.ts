// What a process holds, from /proc (proc(5)); Linux only.
import { readdirSync, readFileSync } from 'node:fs';

export interface VitalSigns {
  readonly residentMiB: number;
  /** Files, sockets, pipes. */
  readonly handles: number;
}

export function vitalSignsOf(pid: number): VitalSigns {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return { residentMiB: kib / 1024, handles: readdirSync(`/proc/${String(pid)}/fd`).length };
}
