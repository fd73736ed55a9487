import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { DnsAccessRepository } from '@sekisho/persistence';
import { createHash } from 'node:crypto';
import { Platform } from '../platform/platform.js';
import { ChangeSignal } from './change-signal.js';

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
export class AccessListService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly changed = new ChangeSignal();
  private unsubscribe: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly access: DnsAccessRepository,
  ) {}

  onApplicationBootstrap(): void {
    const wake = () => {
      this.changed.wakeAll();
    };
    this.unsubscribe = this.platform.notifications.on('sekisho_members', wake);
    this.timer = setInterval(wake, REFRESH_MS);
  }

  /** Before the listening ends, which waits for whoever still waits here. */
  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.unsubscribe?.();
    this.changed.close();
  }

  /** The list when it is not `since` any more; waits up to `waitMs` for that, then undefined. */
  listAfter(since: string, waitMs: number): Promise<AccessList | undefined> {
    return this.changed.waitFor(async () => {
      const list = await this.list();
      return list.version === since ? undefined : list;
    }, waitMs);
  }

  private async list(): Promise<AccessList> {
    const keys = await this.access.keys();
    const members = keys.map(({ memberId, key }) => ({ member: memberId, digest: sha256(key) }));
    return { version: sha256(JSON.stringify(members)), members };
  }
}
