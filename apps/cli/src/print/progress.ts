import { Presets, SingleBar } from 'cli-progress';
import type { CliContext } from '../context.js';

export interface Progress {
  readonly advanceTo: (done: number) => void;
  readonly stop: () => void;
}

const SILENT: Progress = { advanceTo: () => undefined, stop: () => undefined };

/** A bar on standard error when a person watches; nothing otherwise. */
export function startProgress(context: CliContext, unit: string, total: number): Progress {
  if (context.stderr.isTTY !== true) return SILENT;
  const bar = new SingleBar(
    {
      format: `{bar} {value}/{total} ${unit} | {eta_formatted} left`,
      stream: context.stderr as unknown as NodeJS.WritableStream,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    advanceTo: (done) => {
      bar.update(done);
    },
    stop: () => {
      bar.stop();
    },
  };
}
