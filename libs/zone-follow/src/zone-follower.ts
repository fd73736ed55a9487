import { HubSignatureRefused } from '@sekisho/auth';
import type { Logger } from '@sekisho/telemetry';
import { decodeSnapshot, DeltaRejected, SnapshotDamaged, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.js';
import { readChanges } from './change-message.js';
import { HubUnavailable } from './errors.js';
import { WAIT_SECONDS, type HubClient } from './hub-client.js';
import type { HubKeys } from './hub-keys.js';
import type { ServedZones } from './served-zones.js';
import { nativeSha256, type SnapshotStore } from './snapshot-store.js';
import type { ZoneObserver } from './zone-observer.js';

// Against a hub that does not wait: one question a second is harmless.
const HASTY_PAUSE_MS = 1_000;

/**
 * Keeps one zone in step with the hub: snapshot once, then changes by long poll. While the hub is away the last
 * state stays in service.
 */
export class ZoneFollower {
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private needsSnapshot = false;
  private isReached = true;

  constructor(
    private readonly zone: ZoneName,
    /** Where the zone is served from; only this follower changes it there. */
    private readonly zones: ServedZones,
    private readonly hub: HubClient,
    private readonly keys: HubKeys,
    private readonly store: SnapshotStore,
    private readonly logger: Logger,
    private readonly observer?: ZoneObserver,
  ) {}

  /** Puts the last snapshot on disk into service, if there is a good one. */
  async load(): Promise<void> {
    const index = await this.store.load();
    if (!index) {
      this.logger.info({ zone: this.zone }, 'no snapshot on disk: SERVFAIL until the hub gives one');
      return;
    }
    await this.observer?.loaded(index);
    this.zones.put(index);
    this.logger.info({ zone: this.zone, serial: index.serial, entries: index.size }, 'zone loaded from disk');
  }

  start(): void {
    this.following = this.follow();
  }

  /** Stops following; resolves when what is in service is on disk. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
    await this.store.flush();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const isStopping = () => signal.aborted;
    for (let failures = 0; !isStopping();) {
      try {
        await this.advance(signal);
        failures = 0;
        if (!this.isReached) this.logger.info({ zone: this.zone }, 'the hub is back');
        this.isReached = true;
      } catch (error) {
        if (isStopping()) return;
        // A change that cannot be read or applied would fail again: only the whole zone helps.
        if (error instanceof DeltaRejected) this.needsSnapshot = true;
        this.note(error);
        failures++;
        await pause(backoffMs(failures, Math.random()), signal);
      }
    }
  }

  private async advance(signal: AbortSignal): Promise<void> {
    const served = this.zones.indexes.get(this.zone);
    const isFresh = !served || this.needsSnapshot;
    const index = isFresh ? await this.takeSnapshot(signal) : served;
    const askedAtMs = performance.now();
    const change = await this.hub.changes(this.zone, index.serial, signal);
    if (change === 'nothing') {
      this.zones.confirm(this.zone, performance.now());
      if (performance.now() - askedAtMs < (WAIT_SECONDS * 1000) / 2) await pause(HASTY_PAUSE_MS, signal);
      return;
    }
    if (change === 'unknown-serial') {
      this.needsSnapshot = true;
      if (isFresh) throw new HubUnavailable('the hub does not know the serial of the snapshot it just gave');
      this.logger.info({ zone: this.zone, serial: index.serial }, 'serial too old: taking a snapshot');
      return;
    }
    await this.keys.verify(change.signature, change.body, 'sekisho-changes+jws');
    const delta = readChanges(change.body);
    const applied = this.observer?.applying(index, delta);
    this.zones.apply(index, delta);
    applied?.();
    this.zones.confirm(this.zone, performance.now());
    this.store.append({ bytes: change.body, signature: change.signature });
    if (this.store.isLong) this.needsSnapshot = true;
  }

  private async takeSnapshot(signal: AbortSignal): Promise<ZoneIndex> {
    const { bytes, serial, signature } = await this.hub.snapshot(this.zone, signal);
    await this.keys.verify(signature, bytes, 'sekisho-snapshot+jws');
    const index = decodeSnapshot(bytes, nativeSha256);
    if (index.zone !== this.zone || index.serial !== serial) {
      throw new SnapshotDamaged(`it is ${index.zone} ${index.serial}, announced as ${this.zone} ${serial}`);
    }
    this.zones.put(index);
    this.zones.confirm(this.zone, performance.now());
    this.needsSnapshot = false;
    this.observer?.replaced(index);
    this.logger.info({ zone: this.zone, serial, entries: index.size }, 'zone loaded from the hub');
    this.store.save(serial, { bytes, signature });
    return index;
  }

  private note(error: unknown): void {
    const isExpected =
      error instanceof HubUnavailable ||
      error instanceof HubSignatureRefused ||
      error instanceof SnapshotDamaged ||
      error instanceof DeltaRejected;
    const context = isExpected ? { zone: this.zone, reason: error.message } : { zone: this.zone, err: error };
    const state = this.zones.indexes.has(this.zone)
      ? 'serving the last state'
      : 'SERVFAIL until the hub gives a snapshot';
    // Once an outage; the repetitions say nothing new.
    if (this.isReached || !isExpected) this.logger.warn(context, `the hub cannot be followed: ${state}`);
    else this.logger.debug(context, 'the hub still cannot be followed');
    this.isReached = false;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
