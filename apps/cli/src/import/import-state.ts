import { createPrivateFile } from '@sekisho/config';
import { MemberDirectoryFault } from '@sekisho/client';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandFailed } from '../failure.js';

/** How far a file was read. The file is known again by how it begins, whatever it is called now. */
const fileMark = z.object({
  kind: z.literal('file'),
  key: z.string(),
  offset: z.int().min(0),
  /** Of the bytes before the offset: another file that begins alike has others there. */
  tailLength: z.int().min(0),
  tail: z.string(),
});
const messageMark = z.object({ kind: z.literal('message'), digest: z.string() });
const streamMark = z.object({ kind: z.literal('stream'), digest: z.string() });
const mark = z.discriminatedUnion('kind', [fileMark, messageMark, streamMark]);

export type FileMark = z.output<typeof fileMark>;
/** What an input leaves behind when its reports are with the hub. */
export type Mark = z.output<typeof mark>;

const outboxSchema = z.object({
  version: z.literal(1),
  envelopes: z.array(z.object({ jti: z.string(), envelope: z.string(), size: z.int() })),
  marks: z.array(mark),
});
export type Outbox = z.output<typeof outboxSchema>;

const stateSchema = z.object({ version: z.literal(1), files: z.array(fileMark) });

/** Logs that rotate daily, of a hundred hosts, for ten days. */
const FILES_KEPT = 1_000;
/** 22 bytes each. A hub takes nothing older than 14 days, so an older message that is read again goes nowhere. */
const MESSAGES_KEPT = 200_000;

/**
 * What was imported already: `import/` in the member's directory. Whoever can write it can make the member skip input or report
 * it twice; the hub still refuses an envelope that it has.
 */
export class ImportState {
  private constructor(
    private readonly folder: string,
    private readonly files: Map<string, FileMark>,
    private readonly messages: Set<string>,
  ) {}

  /** Locks it for this process. @throws {CommandFailed} while another import runs; {MemberDirectoryFault} when damaged */
  static async open(directory: string): Promise<ImportState> {
    const folder = join(directory, 'import');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await lock(join(folder, 'lock'));
    const files = await readJson(join(folder, 'state.json'), stateSchema);
    const lines = (await readText(join(folder, 'messages.txt'))).split('\n').slice(0, -1);
    const kept = lines.slice(-MESSAGES_KEPT);
    const state = new ImportState(
      folder,
      new Map((files?.files ?? []).map((file) => [file.key, file])),
      new Set(kept),
    );
    if (lines.length > 2 * MESSAGES_KEPT) {
      await state.replace('messages.txt', kept.map((line) => `${line}\n`).join(''));
    }
    return state;
  }

  /** Nothing is kept: for a run that sends nothing. */
  static async openForReading(directory: string): Promise<ImportState> {
    const folder = join(directory, 'import');
    const files = await readJson(join(folder, 'state.json'), stateSchema);
    const lines = (await readText(join(folder, 'messages.txt'))).split('\n');
    return new ImportState(
      folder,
      new Map((files?.files ?? []).map((file) => [file.key, file])),
      new Set(lines.slice(-MESSAGES_KEPT)),
    );
  }

  fileMark(key: string): FileMark | undefined {
    return this.files.get(key);
  }

  /** False when it was imported or claimed before. */
  claimMessage(digest: string): boolean {
    if (this.messages.has(digest)) return false;
    this.messages.add(digest);
    return true;
  }

  async outbox(): Promise<Outbox | undefined> {
    return readJson(join(this.folder, 'outbox.json'), outboxSchema);
  }

  /** On disk before anything is sent: what a crash leaves is sent again as it is, not made again. */
  async putOutbox(outbox: Outbox): Promise<void> {
    await this.replace('outbox.json', JSON.stringify(outbox));
  }

  /** The reports of these marks are with the hub. */
  async settle(marks: readonly Mark[]): Promise<void> {
    const digests = marks.flatMap((one) => (one.kind === 'message' ? [one.digest] : []));
    if (digests.length > 0) {
      const file = await open(join(this.folder, 'messages.txt'), 'a', 0o600);
      try {
        await file.write(digests.map((digest) => `${digest}\n`).join(''));
      } finally {
        await file.close();
      }
    }
    for (const one of marks) {
      if (one.kind !== 'file') continue;
      this.files.delete(one.key);
      this.files.set(one.key, one);
    }
    const files = [...this.files.values()].slice(-FILES_KEPT);
    await this.replace('state.json', JSON.stringify({ version: 1, files }));
    await rm(join(this.folder, 'outbox.json'), { force: true });
  }

  async close(): Promise<void> {
    await rm(join(this.folder, 'lock'), { force: true });
  }

  private async replace(name: string, text: string): Promise<void> {
    const draft = join(this.folder, `${name}.${randomUUID()}`);
    await createPrivateFile(draft, text);
    await rename(draft, join(this.folder, name));
  }
}

async function lock(path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await createPrivateFile(path, `${String(process.pid)}\n`)) return;
    const holder = Number(await readText(path));
    if (isRunning(holder)) {
      throw new CommandFailed(
        `another import into this directory is running (process ${String(holder)})`,
        'wait until it has ended; run imports of one member one after another',
      );
    }
    await rm(path, { force: true });
  }
  throw new CommandFailed('another import into this directory has just started', 'wait until it has ended');
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  });
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(path);
  if (text === '') return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new MemberDirectoryFault(
      'member-file-malformed',
      `${path} is damaged or is something else`,
      'take it away; input that was imported before may then be offered again, and the hub keeps it from counting twice within a day',
      { cause: error },
    );
  }
}
