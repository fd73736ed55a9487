// How long a correction takes to reach the edges. An edge that asks for what came after serial N serves N.
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppealEffectRepository } from '@sekisho/persistence';
import { Platform } from '../platform/platform.js';

/** What an edge has not confirmed by then is not waited for. */
const WATCHED_MS = 10 * 60_000;
/** Serials remembered of an edge and zone. */
const MEMORY = 64;
/** Edges; beyond it the one that was silent longest is forgotten. */
const MOST_EDGES = 2_000;

interface Confirmed {
  readonly serial: number;
  readonly at: Date;
}

@Injectable()
export class EffectMeter implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By `zone edge`. */
  private readonly confirmed = new Map<string, Confirmed[]>();
  private readonly noted = new Set<string>();
  private unsubscribe: (() => void) | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private pendingUntil = 0;

  constructor(
    private readonly platform: Platform,
    private readonly effects: AppealEffectRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.unsubscribe = this.platform.notifications.on('sekisho_events', () => {
      // Members are told of a correction in the transaction that makes it.
      this.pendingUntil = this.platform.now().getTime() + WATCHED_MS;
      this.look();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.unsubscribe?.();
    await this.looking;
  }

  /** An edge serves this serial of a zone by now. */
  serves(zone: string, edge: string, serial: number): void {
    const key = `${zone} ${edge}`;
    const known = this.confirmed.get(key) ?? [];
    if (serial <= (known.at(-1)?.serial ?? -1)) return;
    this.confirmed.delete(key);
    this.confirmed.set(key, [...known, { serial, at: this.platform.now() }].slice(-MEMORY));
    const oldest = this.confirmed.size > MOST_EDGES ? this.confirmed.keys().next().value : undefined;
    if (oldest !== undefined) this.confirmed.delete(oldest);
    if (this.platform.now().getTime() < this.pendingUntil) this.look();
  }

  private look(): void {
    this.lookAgain = true;
    this.looking ??= this.rounds().finally(() => {
      this.looking = undefined;
    });
  }

  private async rounds(): Promise<void> {
    while (this.lookAgain) {
      this.lookAgain = false;
      await this.compare().catch((error: unknown) => {
        this.platform.logger.warn({ err: error }, 'the effect of corrections could not be noted');
      });
    }
  }

  private async compare(): Promise<void> {
    const since = new Date(this.platform.now().getTime() - WATCHED_MS);
    for (const correction of await this.effects.published(since)) {
      for (const [key, serials] of this.confirmed) {
        const [zone, edge = ''] = key.split(' ');
        if (zone !== correction.zone) continue;
        const first = serials.find(({ serial }) => serial >= correction.serial);
        const name = `${correction.appealId} ${key}`;
        if (!first || first.at < correction.decidedAt || this.noted.has(name)) continue;
        await this.effects.note(correction, edge, first.at);
        this.noted.add(name);
      }
    }
    if (this.noted.size > 100_000) this.noted.clear();
  }
}
