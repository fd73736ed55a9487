import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MemberDirectoryFault } from '../errors.js';

const noteSchema = z.object({
  receiptId: z.string(),
  /** Milliseconds since 1970: when the hub acknowledged. */
  at: z.int(),
  /** base64url of the envelope's SHA-256. */
  digest: z.string().regex(/^[\w-]{43}$/),
  index: z.int().min(0),
  salt: z.string().regex(/^[\w-]{22}$/),
  /** Which reports of the envelope were accepted, as runs [first, count] in their order. */
  items: z.array(z.tuple([z.int().min(0), z.int().min(1)])).min(1),
});

/** What a member has to keep of one receipt to find its reports in the log. */
export type KeptReceipt = z.output<typeof noteSchema>;

export interface KeptReceipts {
  readonly receipts: readonly { readonly receipt: KeptReceipt; readonly endsAt: number }[];
  /** Bytes of the file that were read. */
  readonly size: number;
}

/**
 * The receipts that a member got, a line each, in its directory: `receipts.jsonl`. Who can change it can make the member look
 * for other entries than its own, and gains nothing else by it. A line that a crash cut off is passed over.
 */
export class ReceiptBook {
  private readonly path: string;
  constructor(directory: string) {
    this.path = join(directory, 'log', 'receipts.jsonl');
  }

  async keep(receipt: KeptReceipt): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(this.path, 'a', 0o600);
    try {
      await file.write(`${JSON.stringify(receipt)}\n`);
    } finally {
      await file.close();
    }
  }

  /** The receipts from byte `from` of the file on. @throws {MemberDirectoryFault} member-file-malformed */
  async read(from: number): Promise<KeptReceipts> {
    const bytes = await readFile(this.path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    const receipts: { receipt: KeptReceipt; endsAt: number }[] = [];
    let at = from;
    for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
      receipts.push({ receipt: this.parse(bytes.toString('utf8', at, end)), endsAt: end + 1 });
      at = end + 1;
    }
    return { receipts, size: bytes.length };
  }

  private parse(line: string): KeptReceipt {
    try {
      return noteSchema.parse(JSON.parse(line));
    } catch (error) {
      throw new MemberDirectoryFault(
        'member-file-malformed',
        `${this.path} has a line that is no receipt: ${line.slice(0, 60)}`,
        'take the line out; what it stood for cannot be verified any more',
        { cause: error },
      );
    }
  }
}

/** The places of `total` reports that are not in `refused`, as runs [first, count]. */
export function acceptedRuns(total: number, refused: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  let first = 0;
  for (const index of [...refused].sort((a, b) => a - b).concat(total)) {
    if (index > first) runs.push([first, index - first]);
    first = index + 1;
  }
  return runs;
}
