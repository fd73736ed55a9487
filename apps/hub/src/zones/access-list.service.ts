import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DnsAccessRepository } from '@sekisho/persistence';
import { createHash } from 'node:crypto';
import { Platform } from '../platform/platform.js';

/** Who may ask the DNS edges: digests, so that an edge's disk holds nobody's key. */
export interface AccessList {
  /** Names this state of the list; the same at every hub of the federation. */
  readonly version: string;
  readonly members: readonly { readonly member: string; readonly digest: string }[];
}

/** In case an announcement was lost. */
const REFRESH_MS = 10_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

@Injectable()
export class AccessListService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting = new Set<() => void>();
  private unsubscribe: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly access: DnsAccessRepository,
  ) {}

  onApplicationBootstrap(): void {
    const wake = () => {
      this.wakeAll();
    };
    this.unsubscribe = this.platform.notifications.on('sekisho_members', wake);
    this.timer = setInterval(wake, REFRESH_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.unsubscribe?.();
    this.wakeAll();
  }

  /** The list when it is not `since` any more; waits up to `waitMs` for that, then undefined. */
  async listAfter(since: string, waitMs: number): Promise<AccessList | undefined> {
    const deadline = AbortSignal.timeout(waitMs);
    for (;;) {
      // Listening starts before looking: a change between the two wakes us.
      const woken = this.nextChange(deadline);
      const list = await this.list();
      if (list.version !== since) return list;
      if (deadline.aborted) return undefined;
      await woken;
    }
  }

  private async list(): Promise<AccessList> {
    const keys = await this.access.keys();
    const members = keys.map(({ memberId, key }) => ({ member: memberId, digest: sha256(key) }));
    return { version: sha256(JSON.stringify(members)), members };
  }

  private nextChange(deadline: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => {
      this.waiting.delete(wake);
      deadline.removeEventListener('abort', wake);
      resolve(undefined);
    };
    this.waiting.add(wake);
    deadline.addEventListener('abort', wake);
    return promise;
  }

  private wakeAll(): void {
    for (const wake of this.waiting) wake();
  }
}
