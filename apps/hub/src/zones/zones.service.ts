import { signDigest, type HubSignatureTyp } from '@sekisho/auth';
import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { ZoneRepository, type ZoneChanges } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { encodeSnapshot, isZoneName, parseReturnCode, ZONE_NAMES, type ZoneName } from '@sekisho/zone';
import { createHash } from 'node:crypto';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import { ChangeSignal } from './change-signal.js';

export interface EncodedSnapshot {
  readonly serial: number;
  readonly bytes: Uint8Array;
  /** By the hub's key; edges use nothing else. */
  readonly signature: string;
}

/** Edges that start at the same time get the same bytes; a slightly old snapshot costs an edge a few changes more. */
const SNAPSHOT_LIFETIME_MS = 10_000;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

@Injectable()
export class ZonesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly snapshots = new Map<ZoneName, { at: number; snapshot: Promise<EncodedSnapshot> }>();
  private readonly changed = new ChangeSignal();
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly zones: ZoneRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.unsubscribe = this.platform.notifications.on('sekisho_zones', () => {
      this.changed.wakeAll();
    });
  }

  /** Before the listening ends, which waits for whoever still waits here. */
  beforeApplicationShutdown(): void {
    this.unsubscribe?.();
    this.changed.close();
  }

  /** @throws {RequestRefused} not-found */
  snapshot(name: string): Promise<EncodedSnapshot> {
    const zone = this.requireZone(name);
    const now = this.platform.now().getTime();
    const cached = this.snapshots.get(zone);
    if (cached && now - cached.at < SNAPSHOT_LIFETIME_MS) return cached.snapshot;
    const snapshot = this.encode(zone);
    this.snapshots.set(zone, { at: now, snapshot });
    snapshot.catch(() => this.snapshots.delete(zone));
    return snapshot;
  }

  /**
   * What changed after `since`; waits up to `waitMs` for something to change, then undefined.
   * @throws {RequestRefused} not-found, history-gone
   */
  changes(name: string, since: number, waitMs: number): Promise<ZoneChanges | undefined> {
    const zone = this.requireZone(name);
    return this.changed.waitFor(async () => {
      const changes = await this.zones.changes(zone, since);
      if (changes === 'gone' || !changes) {
        throw new RequestRefused(
          'history-gone',
          `the history of ${zone} does not reach back to ${since}; take the snapshot`,
        );
      }
      return changes.to > since ? changes : undefined;
    }, waitMs);
  }

  /** A compact JWS of the hub over the SHA-256 of what is sent. */
  sign(bytes: Uint8Array, typ: HubSignatureTyp): Promise<string> {
    return signDigest(sha256(bytes), typ, this.platform.hubKey);
  }

  private async encode(zone: ZoneName): Promise<EncodedSnapshot> {
    const found = await this.zones.snapshot(zone);
    if (!found) throw new RequestRefused('not-found', `no zone ${zone}`);
    const entries = found.entries.map(({ subject, codes }) => ({
      subject: readSubject(subject),
      codes: codes.map((code) => parseReturnCode(code)).filter((code) => code !== undefined),
    }));
    const bytes = encodeSnapshot({ zone, serial: found.serial, entries }, sha256);
    return { serial: found.serial, bytes, signature: await this.sign(bytes, 'sekisho-snapshot+jws') };
  }

  private requireZone(name: string): ZoneName {
    if (isZoneName(name)) return name;
    throw new RequestRefused(
      'not-found',
      `no zone ${JSON.stringify(name.slice(0, 40))}; the zones are ${ZONE_NAMES.join(', ')}`,
    );
  }
}
