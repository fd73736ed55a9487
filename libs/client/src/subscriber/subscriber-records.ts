// The member's own list of whom it terminated: needed to register again each month, and to send what could not be sent.
import type { Identifier } from '@sekisho/identifier';
import { EVIDENCE_LEVELS, IDENTIFIER_TYPES, REASONS } from '@sekisho/subscriber';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createPrivateJson, readPrivateJson, replacePrivateJson } from '../private-file.js';

const identifier: z.ZodType<Identifier> = z.object({
  type: z.enum(IDENTIFIER_TYPES),
  canonVersion: z.int(),
  value: z.string(),
});

const recordSchema = z.object({
  /** The `jti` of its envelope: sending it again is the same record. */
  key: z.string(),
  identifiers: z.array(identifier).min(1).max(5),
  reason: z.enum(REASONS),
  evidence: z.enum(EVIDENCE_LEVELS),
  terminatedOn: z.string(),
  caseNumber: z.string(),
  expiresOn: z.string().optional(),
  isCanary: z.boolean(),
  /** Set by a correction. */
  version: z.int().optional(),
  /** Set when the hub has it. */
  terminationId: z.string().optional(),
  /** The newest epoch that the hub has it under. */
  epoch: z.string().optional(),
  expiresAt: z.string().optional(),
  /** The envelope as first signed: what is sent again is the same. */
  envelope: z.string().optional(),
});
export type SubscriberRecord = z.output<typeof recordSchema>;

/** A folder in the member's directory; mode 0700, files 0600. Whoever reads it knows whom the member terminated. */
export class SubscriberRecords {
  private readonly path: string;
  constructor(
    dir: string,
    private readonly draftId: () => string,
  ) {
    this.path = join(dir, 'subscribers');
  }

  async all(): Promise<SubscriberRecord[]> {
    const names = await readdir(this.path).catch((): string[] => []);
    const records = names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => readPrivateJson(join(this.path, name), recordSchema));
    return (await Promise.all(records)).filter((record) => record !== undefined);
  }

  /** Durable when it resolves. */
  async put(record: SubscriberRecord): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const path = this.file(record.key);
    if (!(await createPrivateJson(path, record))) await replacePrivateJson(path, record, this.draftId());
  }

  async remove(key: string): Promise<void> {
    await rm(this.file(key), { force: true });
  }

  private file(key: string): string {
    return join(this.path, `${key}.json`);
  }
}
