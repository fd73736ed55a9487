import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fingerprintKey, fingerprintOf, type Fingerprint, type MessageContent } from '@sekisho/campaign';
import { readMessage } from '@sekisho/evidence';
import type { CliContext } from '../context.js';
import { CommandFailed } from '../failure.js';

/** A larger file is no message that a member's server would take. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** Without the federation's secret fingerprints are comparable on this machine only. */
const LOCAL_SECRET = 'local fingerprints, no secret';

export interface FingerprintedFile {
  readonly file: string;
  readonly fingerprint: Fingerprint;
}

/** Fingerprints of message files, in their order, under one key. @throws {CommandFailed} when a file cannot be read */
export async function fingerprintFiles(
  files: readonly string[],
  options: { readonly month?: string; readonly keyFile?: string },
  context: CliContext,
): Promise<FingerprintedFile[]> {
  const month = options.month ?? new Date(context.now()).toISOString().slice(0, 7);
  const secret =
    options.keyFile === undefined ? new TextEncoder().encode(LOCAL_SECRET) : await bytesOf(options.keyFile);
  const key = fingerprintKey(secret, month);
  const found: FingerprintedFile[] = [];
  for (const file of files) {
    found.push({ file, fingerprint: fingerprintOf(await contentOf(file), key) });
  }
  return found;
}

/** @throws {CommandFailed} when the file cannot be read */
export async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandFailed(
      `${file}: ${error instanceof Error ? error.message : 'cannot be read'}`,
      'name files that exist and that this account may read',
    );
  }
}

async function contentOf(file: string): Promise<MessageContent> {
  const bytes = await bytesOf(file);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new CommandFailed(`${file}: larger than 32 MiB`, 'leave it out: it is no single message');
  }
  const read = readMessage(bytes, {
    trusted: { networks: [], hosts: [] },
    sha256: (part) => new Uint8Array(createHash('sha256').update(part).digest()),
  });
  if ('skipped' in read) {
    throw new CommandFailed(
      `${file}: not a readable message: ${read.skipped}`,
      'name files that hold one message each, as received (RFC 5322)',
    );
  }
  return read.message;
}
