import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compareStep, parseTranscript, rewriteTranscript, type StepOutcome } from './transcript.js';

/** A command that has not ended by then is killed and fails its step. */
const STEP_TIMEOUT_MS = 60_000;

export interface TranscriptOptions {
  /** Programs by the name that the transcript calls them: `{ sekisho: [process.execPath, '…/sekisho.mjs'] }`. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** Usable as $NAME in commands and in expected output; `WORK` is the working directory. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Prepares what the transcript talks to, once for the transcript; its variables come on top. */
  readonly setup?: () => Promise<{
    readonly variables: Readonly<Record<string, string>>;
    readonly close: () => Promise<void>;
  }>;
  /** Writes the outcomes into the file as the new expectations. */
  readonly isUpdating?: boolean;
}

/**
 * Runs the transcript in a working directory of its own with an environment of its own (UTC, no colours, nothing
 * of SEKISHO_), and removes the directory.
 * @throws {Error} with every difference between what was written and what happened
 */
export async function runTranscript(path: string, options: TranscriptOptions): Promise<void> {
  const text = await readFile(path, 'utf8');
  const transcript = parseTranscript(text);
  if (transcript.steps.length === 0) throw new Error(`${path}: no command in it`);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'transcript-')));
  try {
    const prepared = await options.setup?.();
    try {
      const work = join(root, 'work');
      const variables = { ...options.variables, ...prepared?.variables, WORK: work };
      const bin = await writePrograms(root, options.commands);
      await mkdir(work);
      for (const [name, content] of transcript.files) {
        await mkdir(dirname(join(work, name)), { recursive: true });
        await writeFile(join(work, name), content);
      }
      const env = {
        PATH: `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
        HOME: work,
        TZ: 'UTC',
        LANG: 'C.UTF-8',
        ...variables,
      };
      const outcomes: StepOutcome[] = [];
      const differences: string[] = [];
      for (const step of transcript.steps) {
        const outcome = await runShell(step.command, work, env);
        outcomes.push(outcome);
        const difference = compareStep(step, outcome, variables);
        if (difference !== undefined) differences.push(difference);
      }
      if (options.isUpdating) await writeFile(path, rewriteTranscript(text, outcomes, variables));
      else if (differences.length > 0) throw new Error(`${path}\n${differences.join('\n\n')}`);
    } finally {
      await prepared?.close();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writePrograms(root: string, commands: TranscriptOptions['commands']): Promise<string> {
  const bin = join(root, 'bin');
  await mkdir(bin);
  for (const [name, words] of Object.entries(commands)) {
    const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${quoted} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

async function runShell(command: string, cwd: string, env: Record<string, string>): Promise<StepOutcome> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const deadline = setTimeout(() => {
    stderr.push(Buffer.from(`(killed after ${String(STEP_TIMEOUT_MS / 1_000)} s)\n`));
    // The shell and what it started.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, STEP_TIMEOUT_MS);
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? 1);
      });
    });
    return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), status };
  } finally {
    clearTimeout(deadline);
  }
}
