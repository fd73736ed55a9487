// Members' agents as they run: processes of the CLI, with what their mail servers were asked lately.
import type { FederationMember } from '@sekisho/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const BUCKET_MS = 600_000;

export class Agents implements AsyncDisposable {
  private readonly running = new Map<string, ChildProcess>();
  private readonly output = new Map<string, string>();

  /** Resolves when the agent says that it is there. */
  async start({ directory, enrolled }: FederationMember): Promise<void> {
    const { id: memberId } = enrolled;
    const hook = `cat >> '${join(directory, 'hook.jsonl')}'; echo "$SEKISHO_ACTION_EVENT" >> '${join(directory, 'hook.txt')}'`;
    const agent = spawn(process.execPath, [CLI, 'agent', '--dir', directory, '--on-apply', hook], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.running.set(memberId, agent);
    this.output.delete(memberId);
    const { promise: isThere, resolve } = Promise.withResolvers<undefined>();
    agent.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output.set(memberId, `${this.said(memberId)}${text}`);
      if (text.includes('is there')) resolve(undefined);
    });
    const died = once(agent, 'exit').then(() => {
      throw new Error(`the agent ended: ${this.said(memberId)}`);
    });
    await Promise.race([isThere, died]);
    // Its end is awaited by whoever ends it.
    died.catch(() => undefined);
  }

  /** What it has said since it was started. */
  said(memberId: string): string {
    return this.output.get(memberId) ?? '';
  }

  /** Ends one and resolves when it is gone. */
  async stop(memberId: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const agent = this.running.get(memberId);
    this.running.delete(memberId);
    if (agent?.exitCode !== null) return;
    const gone = once(agent, 'exit');
    agent.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.running.keys()].map((memberId) => this.stop(memberId)));
  }
}

/** What a member's mail servers were asked: 42 connections of 12 addresses of 203.0.113.0/24, 6 of them known to be good. */
export async function keepLookups({ directory }: FederationMember): Promise<void> {
  await mkdir(join(directory, 'lookups'), { recursive: true, mode: 0o700 });
  const bucket = new Date(Math.floor(Date.now() / BUCKET_MS) * BUCKET_MS).toISOString();
  const lines = Array.from(
    { length: 12 },
    (_, i) => `${bucket} 203.0.113.${i} ${i < 6 ? 'good' : '-'} ${i < 6 ? 1 : 6}\n`,
  );
  await writeFile(join(directory, 'lookups', bucket.slice(0, 10)), lines.join(''), { mode: 0o600 });
}

/** As if the member reached its hub over a line of its own. */
export async function reachThrough(port: number, { directory }: FederationMember): Promise<void> {
  const file = join(directory, 'member.json');
  const enrolment = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...enrolment, hubUrl: `http://127.0.0.1:${port}` }));
}
