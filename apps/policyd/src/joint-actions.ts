// What the member's agent (sekisho agent) has in force, and what the agent needs to rehearse: which addresses asked when.
// Nothing of this leaves the machine; docs/workgroup.md says what is kept and why.
import { Overlay, OverlayInvalid, RecentNumbers, type Client, type PolicyRequest } from '@sekisho/policy';
import type { Logger } from '@sekisho/telemetry';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unwatchFile,
  watchFile,
} from 'node:fs';
import { join } from 'node:path';

/** Entries carry their own times and are written ahead: a second later is early enough. */
const WATCH_MS = 500;
const FLUSH_MS = 2_000;
const DAY_MS = 86_400_000;
const BUCKET_MS = 600_000;
/** Distinct addresses between two flushes; of a flood beyond them the first say enough. */
const MOST_WAITING = 100_000;
/** Connections that are told apart from their next questions. */
const MOST_CONNECTIONS = 50_000;

export class JointActions {
  private current = Overlay.EMPTY;
  private readonly connections: RecentNumbers;
  /** `bucket address good` → connections since the last flush. */
  private waiting = new Map<string, number>();
  private readonly overlayPath: string;
  private readonly lookups: string;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    memberPath: string,
    private readonly keepDays: number,
    private readonly logger: Logger,
    seed: number,
  ) {
    this.connections = new RecentNumbers(MOST_CONNECTIONS, seed);
    this.overlayPath = join(memberPath, 'actions', 'in-force.json');
    this.lookups = join(memberPath, 'lookups');
  }

  static follow(
    memberPath: string,
    options: { keepDays: number; seed: number; logger: Logger },
  ): JointActions {
    const followed = new JointActions(memberPath, options.keepDays, options.logger, options.seed);
    followed.read();
    watchFile(followed.overlayPath, { interval: WATCH_MS, persistent: false }, () => {
      followed.read();
    });
    if (options.keepDays > 0) {
      mkdirSync(followed.lookups, { recursive: true, mode: 0o700 });
      followed.timer = setInterval(() => {
        followed.flush();
      }, FLUSH_MS);
      followed.timer.unref();
    }
    return followed;
  }

  get overlay(): Overlay {
    return this.current;
  }

  /** Counts a connection once, whatever it asks. Neither senders nor recipients are kept, and times to 10 minutes. */
  note(
    { clientPort, instance }: PolicyRequest,
    { address }: Client,
    { isKnownGood, now }: { isKnownGood: boolean; now: number },
  ): void {
    if (this.keepDays === 0 || this.waiting.size >= MOST_WAITING) return;
    const connection = `${address.text} ${clientPort ?? instance ?? ''}`;
    if (this.connections.get(connection) > 0) return;
    this.connections.put(connection, 1);
    const bucket = new Date(Math.floor(now / BUCKET_MS) * BUCKET_MS).toISOString();
    const key = `${bucket} ${address.text} ${isKnownGood ? 'good' : '-'}`;
    this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
  }

  close(): void {
    unwatchFile(this.overlayPath);
    clearInterval(this.timer);
    this.flush();
  }

  private read(): void {
    try {
      this.current = Overlay.parse(readFileSync(this.overlayPath, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        this.current = Overlay.EMPTY;
        return;
      }
      if (!(error instanceof OverlayInvalid) && !(error instanceof Error && 'code' in error)) throw error;
      this.logger.error({ err: error }, 'joint actions could not be read: those from before stay in force');
    }
  }

  private flush(): void {
    if (this.waiting.size === 0) return;
    const days = new Map<string, string>();
    for (const [key, connections] of this.waiting) {
      const day = key.slice(0, 10);
      days.set(day, `${days.get(day) ?? ''}${key} ${connections}\n`);
    }
    this.waiting = new Map();
    try {
      for (const [day, lines] of days) appendFileSync(join(this.lookups, day), lines, { mode: 0o600 });
      const oldest = new Date(Date.now() - this.keepDays * DAY_MS).toISOString().slice(0, 10);
      for (const day of readdirSync(this.lookups)) if (day < oldest) rmSync(join(this.lookups, day));
    } catch (error) {
      // Mail comes first: what cannot be kept is not rehearsed.
      this.logger.error({ err: error }, 'lookups could not be kept');
    }
  }
}
