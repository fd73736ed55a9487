import type { HubKey } from '@sekisho/auth';
import type { Config } from '@sekisho/config';
import type { Notifications, Replica } from '@sekisho/persistence';
import type { JobQueue } from '@sekisho/queue';
import { NO_TRACING, type Logger, type Registry, type Tracing } from '@sekisho/telemetry';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';

/** What the hub stands on. Time and randomness come from here and from nowhere else. */
export abstract class Platform {
  abstract readonly config: Config;
  abstract readonly dataSource: DataSource;
  abstract readonly queue: JobQueue;
  abstract readonly notifications: Notifications;
  abstract readonly hubKey: HubKey;
  /** What edges of this operator present to follow zones. */
  abstract readonly edgeToken: string;
  abstract readonly logger: Logger;
  abstract readonly metrics: Registry;
  /** The built console (apps/console). */
  readonly consoleDir: string = fileURLToPath(new URL('../../../console/dist', import.meta.url));
  /** For reads that may be a little old; undefined: there is none. */
  readonly replica: Replica | undefined = undefined;
  readonly tracing: Tracing = NO_TRACING;
  abstract now(): Date;
  abstract newId(): string;
  abstract randomBytes(length: number): Uint8Array;

  /** What browsers say that our own pages come from. */
  get origin(): string {
    return new URL(this.config.publicUrl).origin;
  }

  /** The hub's name in `aud` and `iss`. */
  get hubId(): string {
    return this.config.publicUrl;
  }
}
