import type { Logger } from '@sekisho/telemetry';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { backoffMs } from '@sekisho/zone-follow';
import type { AccessList, MemberAccess } from './member-access.js';

const WAIT_SECONDS = 25;
const TIMEOUT_MS = (WAIT_SECONDS + 10) * 1_000;
const REPORT_MS = 20_000;
const HASTY_PAUSE_MS = 1_000;
/** A list that could not be had is asked for again so soon: a member that was locked out is so within a second. */
const LONGEST_PAUSE_MS = 500;

const accessList = z.object({
  version: z.string().min(1).max(100),
  members: z.array(z.object({ member: z.string(), digest: z.string().regex(/^[\w-]{43}$/) })),
});

/**
 * Keeps the list of members in step with the hub and tells it how much each asked. The last list is kept on disk:
 * digests of keys, not keys. Whoever can write the file can let himself in.
 */
export class AccessFollower {
  private readonly stopping = new AbortController();
  private readonly path: string;
  /** Counts of an edge that starts again must not replace those of before. */
  private readonly edge = randomUUID();
  private following: Promise<void> = Promise.resolve();
  private reporting: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isReached = true;

  constructor(
    private readonly access: MemberAccess,
    private readonly hubUrl: string,
    private readonly token: string,
    dataDir: string,
    private readonly logger: Logger,
  ) {
    this.path = join(dataDir, 'edge', 'access.json');
  }

  async load(): Promise<void> {
    try {
      this.access.use(accessList.parse(JSON.parse(await readFile(this.path, 'utf8'))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.logger.warn({ path: this.path, err: error }, 'access list ignored');
    }
  }

  start(): void {
    this.following = this.follow();
    this.timer = setInterval(() => {
      this.reporting = this.reporting.then(() => this.report(Date.now()));
    }, REPORT_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.following;
    await this.reporting;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const isStopping = () => signal.aborted;
    for (let failures = 0; !isStopping();) {
      try {
        await this.advance();
        failures = 0;
        this.isReached = true;
      } catch (error) {
        if (isStopping()) return;
        if (this.isReached)
          this.logger.warn({ err: error }, 'access list cannot be followed: using the last one');
        this.isReached = false;
        failures++;
        const pauseMs = Math.min(LONGEST_PAUSE_MS, backoffMs(failures, Math.random()));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async advance(): Promise<void> {
    const since = this.access.version ?? '';
    const startMs = performance.now();
    const response = await this.ask(`/zones/access?since=${encodeURIComponent(since)}&wait=${WAIT_SECONDS}`);
    if (response.status === 204) {
      if (performance.now() - startMs < HASTY_PAUSE_MS) {
        await sleep(HASTY_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
      return;
    }
    if (response.status !== 200) throw new Error(`the hub answered ${response.status}`);
    const list = accessList.parse(await response.json());
    this.access.use(list);
    await this.save(list);
  }

  private async report(nowMs: number): Promise<void> {
    const counts = this.access.takeCounts(nowMs);
    if (counts.length === 0) return;
    try {
      const body = JSON.stringify({ edge: this.edge, counts });
      const response = await this.ask('/zones/access/counts', { method: 'POST', body });
      if (response.status !== 204) throw new Error(`the hub answered ${response.status}`);
    } catch (error) {
      this.access.putBack(counts);
      this.logger.debug({ err: error }, 'query counts not delivered');
    }
  }

  private ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.hubUrl}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/json',
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'error',
      signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  }

  private async save(list: AccessList): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeFile(`${this.path}.part`, JSON.stringify(list), { mode: 0o600 });
    await rename(`${this.path}.part`, this.path);
  }
}
