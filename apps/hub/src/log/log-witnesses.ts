// Has witnesses sign the log's checkpoints: https://c2sp.org/tlog-witness
import type { LogRepository, PublishedCheckpoint } from '@sekisho/persistence';
import { encodeAddCheckpoint, Prover } from '@sekisho/tlog';
import { z } from 'zod';

const ANSWER_TIMEOUT_MS = 5_000;
const description = z.object({ witness: z.string().optional() });

/** One witness: the trustee. It can be away at any time; the log goes on, and its next signature covers all before. */
export class LogWitnessClient {
  private signedSize = 0;
  /** The witness's verifier key, once it was reached. */
  verifierKey: string | undefined;

  constructor(
    private readonly url: string,
    private readonly log: LogRepository,
  ) {}

  /** Has the checkpoint signed and keeps the line with it. @throws {Error} when the witness is away or refuses */
  async sign(checkpoint: PublishedCheckpoint): Promise<void> {
    this.verifierKey ??= await this.describe();
    if (this.verifierKey === undefined || checkpoint.size <= this.signedSize) return;
    let answer = await this.ask(checkpoint);
    if (answer.status === 409) {
      this.signedSize = Number(answer.text);
      if (checkpoint.size <= this.signedSize) return;
      answer = await this.ask(checkpoint);
    }
    if (answer.status !== 200)
      throw new Error(`the witness answered ${answer.status}: ${answer.text.trim()}`);
    await this.log.addCosignature(checkpoint.size, answer.text);
    this.signedSize = checkpoint.size;
  }

  private async ask({ size, note }: PublishedCheckpoint): Promise<{ status: number; text: string }> {
    const prover = new Prover(size, async (tile) => {
      const bytes = await this.log.tile(tile);
      if (!bytes) throw new Error('a published tile is not there');
      return bytes;
    });
    const proof = await prover.consistency(this.signedSize);
    const answer = await fetch(`${this.url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: encodeAddCheckpoint({ oldSize: this.signedSize, proof, note }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status: answer.status, text: await answer.text() };
  }

  private async describe(): Promise<string | undefined> {
    const answer = await fetch(`${this.url}/.well-known/sekisho`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'error',
    });
    return description.parse(await answer.json()).witness;
  }
}
