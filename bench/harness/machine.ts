// What stands above every table: the machine, the software and the revision that gave the figures.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** One line on the machine; `extra` names what else the figures depend on, such as the PostgreSQL version. */
export function describeMachine(...extra: readonly string[]): string {
  const cores = availableParallelism();
  return [
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${String(cores)} ${cores === 1 ? 'core' : 'cores'}`,
    `Node ${process.versions.node}`,
    ...extra,
    `commit ${commit()}`,
  ].join(', ');
}

/** The short commit id; `+` when the work tree differs from it. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '-uno') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
