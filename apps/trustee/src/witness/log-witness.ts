// The trustee as a witness of the hub's transparency log: https://c2sp.org/tlog-witness
import { verifyEd25519, type HubKey } from '@sekisho/auth';
import {
  cosignatureLine,
  encodeVerifierKey,
  LogRefused,
  NOTE_COSIGNATURE,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifyNote,
  type Checkpoint,
  type NoteKey,
} from '@sekisho/tlog';
import { readFile, open, rename } from 'node:fs/promises';
import { z } from 'zod';

const stateSchema = z.object({
  /** The log's verifier key, as it was first seen. */
  key: z.string(),
  /** The text of the last checkpoint that was signed. */
  checkpoint: z.string().optional(),
});
type State = z.output<typeof stateSchema>;

const description = z.object({ log: z.object({ key: z.string() }) });

/** The log says that the witness signed another size last: it must prove from `size`. */
export class CheckpointConflict extends Error {
  override readonly name = 'CheckpointConflict';
  constructor(readonly size: number) {
    super(`the last checkpoint that was signed has ${size} entries`);
  }
}

/**
 * Signs a checkpoint only if it continues all that it signed before. What it signed is on disk before the signature leaves, so
 * that a crash never lets it sign two histories. Who can write the file can make it sign a fork.
 */
export class LogWitness {
  private readonly key: NoteKey;
  private state: State | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly path: string;
      readonly hubUrl: string;
      /** This trustee's id, a URL, and its key. */
      readonly id: string;
      readonly signing: HubKey;
      readonly now: () => number;
    },
  ) {
    const name = `${options.id.replace(/^https?:\/\//, '').replace(/\/+$/, '')}/witness`;
    this.key = { name, type: NOTE_COSIGNATURE, publicKey: options.signing.rawPublicKey };
  }

  /** What verifiers of the log are configured with. */
  get verifierKey(): string {
    return encodeVerifierKey(this.key);
  }

  /**
   * The line that this witness adds to the note in the request.
   * @throws {LogRefused} when the request is malformed, of another log, not signed by it, or rewrites history
   * @throws {CheckpointConflict}
   */
  add(request: string): Promise<string> {
    // One at a time: what is compared must be what is replaced.
    const result = this.turn.then(() => this.addNext(request));
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async addNext(request: string): Promise<string> {
    const { oldSize, proof, note } = parseAddCheckpoint(request);
    const state = await this.read();
    const parsed = parseNote(note);
    const log = parseVerifierKey(state.key);
    await verifyNote(parsed, log, verifyEd25519);
    const next = parseCheckpoint(parsed.text);
    if (next.origin !== log.name)
      throw new LogRefused('checkpoint-malformed', `not a checkpoint of ${log.name}`);
    const last: Checkpoint | undefined =
      state.checkpoint === undefined ? undefined : parseCheckpoint(state.checkpoint);
    if (oldSize !== (last?.size ?? 0)) throw new CheckpointConflict(last?.size ?? 0);
    if (last) verifyConsistency(last, next, proof);
    await this.keep({ ...state, checkpoint: parsed.text });
    const seconds = Math.floor(this.options.now() / 1_000);
    return cosignatureLine(parsed.text, seconds, this.key, this.options.signing.signRaw);
  }

  private async read(): Promise<State> {
    this.state ??= await readFile(this.options.path, 'utf8').then(
      (text) => stateSchema.parse(JSON.parse(text)),
      async (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        const answer = await fetch(`${this.options.hubUrl}/.well-known/sekisho`, {
          signal: AbortSignal.timeout(2_000),
        });
        return { key: description.parse(await answer.json()).log.key };
      },
    );
    return this.state;
  }

  private async keep(state: State): Promise<void> {
    const draft = `${this.options.path}.draft`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.options.path);
    this.state = state;
  }
}
