import type { EvaluationRecord } from '@sekisho/evaluation';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const GENESIS = '0'.repeat(43);
/** As long as the hub keeps its own (`oprf_evaluation`). */
const KEPT_DAYS = 365;
const DAY_MS = 86_400_000;

interface Waiting {
  readonly record: EvaluationRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What every member had evaluated: one JSON line each, in a file a day, on disk before the answer leaves. Each line holds
 * the digest of the one before it in its file: who can write the file cannot take a line out unseen from somebody who
 * kept a later one. Files are deleted after 365 days. No identifier and no element is in it.
 */
export class AuditLog {
  private queue: Waiting[] = [];
  private isWriting = false;
  private file: FileHandle | undefined;
  private day = '';
  private last = GENESIS;

  constructor(
    private readonly dir: string,
    private readonly now: () => Date,
  ) {}

  /** Resolves when the record is durable. Records that come at once are written and synced together. */
  append(record: EvaluationRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ record, resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  /** The records of the day, such as those before this process started. */
  async readDay(now: Date): Promise<EvaluationRecord[]> {
    const text = await readFile(this.path(dayOf(now)), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as EvaluationRecord];
      } catch {
        // The last line of a process that died while writing it: its evaluation was never answered.
        return [];
      }
    });
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      try {
        const file = await this.fileOf(this.now());
        await file.appendFile(batch.map(({ record }) => this.lineOf(record)).join(''));
        await file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWriting = false;
  }

  private lineOf(record: EvaluationRecord): string {
    const line = JSON.stringify({ at: this.now().toISOString(), ...record, previous: this.last });
    this.last = createHash('sha256').update(line).digest('base64url');
    return `${line}\n`;
  }

  private async fileOf(now: Date): Promise<FileHandle> {
    const day = dayOf(now);
    if (this.file && this.day === day) return this.file;
    await this.close();
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await this.expire();
    const text = await readFile(this.path(day), 'utf8').catch(() => '');
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    this.last = last === '' ? GENESIS : createHash('sha256').update(last).digest('base64url');
    this.day = day;
    this.file = await open(this.path(day), 'a', 0o600);
    // A line cut off by a crash stays a line of its own.
    if (text !== '' && !text.endsWith('\n')) await this.file.appendFile('\n');
    return this.file;
  }

  /** At the first record of a day and of a process; other files of the directory stay. */
  private async expire(): Promise<void> {
    const last = dayOf(new Date(this.now().getTime() - KEPT_DAYS * DAY_MS));
    for (const name of await readdir(this.dir)) {
      const day = /^(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(name)?.[1];
      if (day !== undefined && day < last) await rm(join(this.dir, name), { force: true });
    }
  }

  private path(day: string): string {
    return join(this.dir, `${day}.jsonl`);
  }
}

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);
