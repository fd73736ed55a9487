// Reading a log that is served as tiles: https://c2sp.org/tlog-tiles
import { verifyEd25519 } from '@sekisho/auth';
import {
  HASH_BYTES,
  LogRefused,
  NOTE_COSIGNATURE,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  tilePath,
  verifyNote,
  type Checkpoint,
  type Tile,
} from '@sekisho/tlog';
import { HubRefused, HubUnreachable } from '../errors.js';
import type { ClientRuntime } from '../runtime.js';

const ANSWER_TIMEOUT_MS = 30_000;
/** Tiles are 8 KiB at most, a checkpoint is smaller: nothing longer is kept. */
const MAX_ANSWER_BYTES = 65_536;

/** A checkpoint whose signatures were verified. */
export interface VerifiedCheckpoint extends Checkpoint {
  readonly note: string;
  /** Names of the witnesses that signed it too. */
  readonly witnesses: readonly string[];
}

export interface LogIdentity {
  readonly origin: string;
  /** Verifier keys: of the log itself, and of the witnesses that are trusted. */
  readonly key: string;
  readonly witnesses: readonly string[];
}

/**
 * The checkpoint in a note, if the log signed it.
 * @throws {LogRefused} note-malformed, note-unsigned, checkpoint-malformed
 */
export async function openCheckpoint(note: string, identity: LogIdentity): Promise<VerifiedCheckpoint> {
  const parsed = parseNote(note);
  await verifyNote(parsed, parseVerifierKey(identity.key), verifyEd25519);
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== identity.origin) {
    throw new LogRefused(
      'checkpoint-malformed',
      `a checkpoint of ${checkpoint.origin}, not of ${identity.origin}`,
    );
  }
  const witnesses: string[] = [];
  for (const text of identity.witnesses) {
    const key = parseVerifierKey(text);
    if (key.type !== NOTE_COSIGNATURE) continue;
    const seen = await verifyNote(parsed, key, verifyEd25519).catch(() => undefined);
    if (seen) witnesses.push(key.name);
  }
  return { ...checkpoint, note, witnesses };
}

/** The files of one log. Tiles are kept while it lives; nothing that it reads is believed before it is proved. */
export class PublishedLog {
  private readonly tiles = new Map<string, Promise<Uint8Array>>();
  constructor(
    private readonly url: string,
    private readonly runtime: ClientRuntime,
  ) {}

  /** @throws {HubRefused | HubUnreachable} */
  async checkpoint(): Promise<string> {
    return new TextDecoder().decode(await this.get('checkpoint'));
  }

  /** @throws {HubRefused | HubUnreachable | LogRefused} */
  readonly readTile = (tile: Tile): Promise<Uint8Array> => {
    const path = tilePath(tile);
    let found = this.tiles.get(path);
    if (!found) {
      found = this.get(path).then((bytes) => {
        if (bytes.length === tile.width * HASH_BYTES) return bytes;
        throw new LogRefused('tile-malformed', `${path} has ${bytes.length} bytes`);
      });
      this.tiles.set(path, found);
    }
    return found;
  };

  private async get(path: string): Promise<Uint8Array> {
    const url = `${this.url}/${path}`;
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await this.runtime.fetch(url, {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        redirect: 'manual',
      });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new HubUnreachable(url, error instanceof Error ? error.message : String(error), { cause: error });
    }
    if (!response.ok) {
      const detail = `${path}: HTTP status ${response.status}`;
      throw new HubRefused({ status: response.status, code: `http-${response.status}`, detail });
    }
    if (bytes.length > MAX_ANSWER_BYTES) throw new LogRefused('tile-malformed', `${path} is too large`);
    return bytes;
  }
}
