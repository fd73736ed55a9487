// Reads the labelled mail: `index.tsv` names each message's campaign.
import type { MessageContent } from '@sekisho/campaign';
import { readMessage } from '@sekisho/evidence';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LabelledMessage {
  readonly file: string;
  readonly isSpam: boolean;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Empty: near no other message. */
  readonly campaign: string;
  readonly content: MessageContent;
}

export function readCorpus(folder: string): LabelledMessage[] {
  const lines = readFileSync(join(folder, 'mail/index.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const cells = line.split('\t');
    const [file = '', label = ''] = cells;
    return {
      file,
      isSpam: label === 'spam',
      receivedAt: Number(cells[3]) * 1_000,
      campaign: cells[11] ?? '',
      content: contentOf(readFileSync(join(folder, 'mail', label, file))),
    };
  });
}

export function contentOf(bytes: Uint8Array): MessageContent {
  const read = readMessage(bytes, {
    trusted: { networks: [], hosts: [] },
    sha256: (part) => new Uint8Array(createHash('sha256').update(part).digest()),
  });
  return 'skipped' in read ? { texts: [], htmls: [], attachments: [] } : read.message;
}

/** Which half of the corpus a message is in: a campaign is never cut. Constants are chosen on half 0. */
export function halfOf({ campaign, file }: LabelledMessage): 0 | 1 {
  return ((createHash('sha256')
    .update(campaign || file)
    .digest()[0] ?? 0) & 1) as 0 | 1;
}
