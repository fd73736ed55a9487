import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LogRepository, type PublishedCheckpoint } from '@sekisho/persistence';
import { Gauge } from '@sekisho/telemetry';
import {
  encodeCheckpoint,
  encodeVerifierKey,
  ENTRY_BYTES,
  NOTE_ED25519,
  parseTilePath,
  signNote,
  type NoteKey,
  type TreeHead,
} from '@sekisho/tlog';
import { setTimeout as wait } from 'node:timers/promises';
import { Platform } from '../platform/platform.js';
import { LogWitnessClient } from './log-witnesses.js';
import { RequestRefused } from '../problems/errors.js';

/** No more often than this is a witness asked. */
const WITNESS_EVERY_MS = 1_000;
/** `sekisho up` starts the trustee, which is the witness, after the hub. */
const WITNESS_STARTS_MS = 2_000;
/** What a witness signed is shown before what is newer, unless the witness has been away for this time. */
const WITNESS_PATIENCE_MS = 10_000;

/** What is appended is in a published checkpoint after about this time; a burst is integrated at once. */
const INTEGRATE_EVERY_MS = 200;

/** Takes what was appended into the tree and publishes it. Any number of hubs may do so: the database lets one at a time. */
@Injectable()
export class LogService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The log's name: the hub's address without its scheme. */
  readonly origin: string;
  /** What a verifier is configured with. */
  readonly verifierKey: string;
  private readonly key: NoteKey;
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  private last: PublishedCheckpoint | undefined;
  private readonly witness: LogWitnessClient | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly log: LogRepository,
  ) {
    this.origin = `${platform.hubId.replace(/^https?:\/\//, '').replace(/\/+$/, '')}/log`;
    this.key = { name: this.origin, type: NOTE_ED25519, publicKey: platform.hubKey.rawPublicKey };
    this.verifierKey = encodeVerifierKey(this.key);
    const { trusteeUrl } = platform.config;
    this.witness = trusteeUrl === undefined ? undefined : new LogWitnessClient(trusteeUrl, log);
    const size = () => this.last?.size ?? 0;
    new Gauge({
      name: 'sekisho_log_size',
      help: 'Entries in the last checkpoint of the transparency log',
      registers: [platform.metrics],
      collect() {
        this.set(size());
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.last = await this.log.lastCheckpoint();
    const { witness } = this;
    const { logger } = this.platform;
    const integrating = this.repeat(
      INTEGRATE_EVERY_MS,
      () => this.integrate(),
      (error) => {
        logger.error({ err: error }, 'the log could not be integrated; it is tried again');
      },
    );
    const witnessing =
      witness &&
      wait(WITNESS_STARTS_MS, undefined, { signal: this.stopping.signal }).then(
        () =>
          this.repeat(
            WITNESS_EVERY_MS,
            async () => {
              if (this.last) await witness.sign(this.last);
            },
            (error) => {
              logger.warn({ err: error }, 'no witness signed the checkpoint; the next one is tried');
            },
          ),
        // It stops before it began.
        () => undefined,
      );
    this.running = Promise.all([integrating, witnessing]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** The last checkpoint that this hub knows of: a signed note. */
  get checkpoint(): string | undefined {
    return this.last?.note;
  }

  /** Verifier keys of the witnesses that were reached. */
  get witnesses(): readonly string[] {
    return this.witness?.verifierKey === undefined ? [] : [this.witness.verifierKey];
  }

  /** The last checkpoint of all hubs, one that a witness signed where there is a fresh one. @throws {RequestRefused} not-found */
  async published(): Promise<string> {
    const since = new Date(this.platform.now().getTime() - WITNESS_PATIENCE_MS);
    const last = await this.log.lastWitnessed(since);
    if (!last) throw new RequestRefused('not-found', 'nothing is in the log yet');
    return last.note;
  }

  /** The bytes of a tile, by its path below the log. @throws {RequestRefused} not-found */
  async tile(path: string): Promise<Uint8Array> {
    const asked = parseTilePath(path);
    const found =
      asked?.kind === 'entries'
        ? await this.log.entries(asked.tile.index, asked.tile.width)
        : asked && (await this.log.tile(asked.tile));
    if (!found) throw new RequestRefused('not-found', 'no such tile. Example: /log/tile/0/000');
    return asked?.kind === 'entries' ? withLengths(found) : found;
  }

  /** Everything appended so far, into the tree. */
  private async integrate(): Promise<void> {
    const sign = (head: TreeHead) => this.sign(head);
    for (;;) {
      const published = await this.log.integrate(sign, this.platform.now());
      if (!published || this.stopping.signal.aborted) return;
      this.last = published;
    }
  }

  private sign(head: TreeHead): Promise<string> {
    const text = encodeCheckpoint({ origin: this.origin, ...head });
    return signNote(text, this.key, this.platform.hubKey.signRaw);
  }

  /** Does `work` again and again until the hub stops; what it throws is told and tried again. */
  private async repeat(
    everyMs: number,
    work: () => Promise<void>,
    onError: (error: unknown) => void,
  ): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await work().catch(onError);
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Each entry behind its length in two bytes (tlog-tiles, section "Log entries"). */
function withLengths(entries: Buffer): Buffer {
  const count = entries.length / ENTRY_BYTES;
  const length = Buffer.from([0, ENTRY_BYTES]);
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => [
      length,
      entries.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES),
    ]).flat(),
  );
}
