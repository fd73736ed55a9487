// Reads the labelled mail: `index.tsv` names each message's campaign.
import type { MessageContent } from '@sekisho/campaign';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

export interface LabelledMessage {
  readonly file: string;
  readonly isSpam: boolean;
  /** Empty: near no other message. */
  readonly campaign: string;
  readonly content: MessageContent;
}

export async function readCorpus(folder: string): Promise<LabelledMessage[]> {
  const lines = readFileSync(join(folder, 'mail/index.tsv'), 'utf8').trim().split('\n').slice(1);
  return Promise.all(
    lines.map(async (line) => {
      const cells = line.split('\t');
      const [file = '', label = ''] = cells;
      return {
        file,
        isSpam: label === 'spam',
        campaign: cells[11] ?? '',
        content: await readMessage(readFileSync(join(folder, 'mail', label, file))),
      };
    }),
  );
}

async function readMessage(bytes: Uint8Array): Promise<MessageContent> {
  const message = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer' });
  return {
    texts: message.text ? [message.text] : [],
    htmls: message.html ? [message.html] : [],
    attachments: message.attachments.map(({ mimeType, content }) => ({
      mediaType: mimeType,
      sha256: createHash('sha256')
        .update(typeof content === 'string' ? content : new Uint8Array(content))
        .digest('hex'),
    })),
  };
}

/** Which half of the corpus a message is in: a campaign is never cut. Constants are chosen on half 0. */
export function halfOf({ campaign, file }: LabelledMessage): 0 | 1 {
  return ((createHash('sha256')
    .update(campaign || file)
    .digest()[0] ?? 0) & 1) as 0 | 1;
}
