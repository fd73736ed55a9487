// The hub's keys as this trustee was shown them. Members compare: a hub with another key for one member is caught.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const keys = z.array(z.object({ epoch: z.string(), publicKey: z.string() }));
const description = z.object({ oprf: z.object({ epochs: keys }) });
const ASK_AGAIN_MS = 10_000;

export class HubWitness {
  private readonly seen = new Map<string, string>();
  private askedAt = 0;
  private asking: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly path: string;
      readonly hubUrl: string;
      readonly now: () => number;
      readonly onError: (error: unknown) => void;
    },
  ) {}

  async open(): Promise<void> {
    const text = await readFile(this.options.path, 'utf8').catch(() => '[]');
    for (const { epoch, publicKey } of keys.parse(JSON.parse(text))) this.seen.set(epoch, publicKey);
  }

  /** What was seen first of each epoch; a hub that changes a key later does not change it here. */
  async keys(): Promise<{ epoch: string; publicKey: string }[]> {
    if (this.options.now() - this.askedAt > ASK_AGAIN_MS) {
      this.askedAt = this.options.now();
      this.asking = this.ask().catch(this.options.onError);
    }
    // Who comes meanwhile waits too: an empty list would witness nothing.
    await this.asking;
    return Array.from(this.seen, ([epoch, publicKey]) => ({ epoch, publicKey }));
  }

  private async ask(): Promise<void> {
    const { hubUrl, path } = this.options;
    const answer = await fetch(`${hubUrl}/.well-known/sekisho`, { signal: AbortSignal.timeout(2_000) });
    const fresh = description
      .parse(await answer.json())
      .oprf.epochs.filter(({ epoch }) => !this.seen.has(epoch));
    if (fresh.length === 0) return;
    for (const { epoch, publicKey } of fresh) this.seen.set(epoch, publicKey);
    const all = Array.from(this.seen, ([epoch, publicKey]) => ({ epoch, publicKey }));
    await writeFile(`${path}.draft`, JSON.stringify(all), { mode: 0o600 });
    await rename(`${path}.draft`, path);
  }
}
