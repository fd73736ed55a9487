// Other mail than the labelled corpus: to see what was chosen on that corpus elsewhere, and to choose on what was not looked at.
// A folder of messages (*.eml), or of texts whose first line is the subject (*.txt, as Enron-Spam has them); labelled by the
// rule of the corpus. Such mail is never copied into the repository.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentOf, type LabelledMessage } from './corpus.ts';
import { labelsOf } from './label-rule.ts';

/** As the labelled corpus: its largest campaign has so many, and it has some 600 messages. */
const MAX_OF_CAMPAIGN = 16;
const PART_MESSAGES = 600;

export function readOtherMail(folder: string): LabelledMessage[] {
  const files = readdirSync(folder)
    .filter((file) => /\.(?:eml|txt)$/.test(file))
    .sort();
  const contents = files.map((file) => {
    const bytes = readFileSync(join(folder, file));
    if (file.endsWith('.eml')) return contentOf(bytes);
    const [, ...lines] = bytes.toString('latin1').split('\n');
    return { texts: [lines.join('\n')], htmls: [], attachments: [] };
  });
  const labels = labelsOf(contents);
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return files.map((file, i) => {
    const label = labels[i] ?? i;
    return {
      ...{ file, isSpam: true, receivedAt: 0, content: contents[i] ?? contentOf(new Uint8Array()) },
      campaign: (sizes.get(label) ?? 0) > 1 ? (files[label] ?? file) : '',
    };
  });
}

/** Parts of about the size of the labelled corpus. A campaign is in one part, with at most as many as the largest there. */
export function partsOf(messages: readonly LabelledMessage[]): LabelledMessage[][] {
  const counts = new Map<string, number>();
  const kept = messages
    .toSorted((a, b) => digest(a.file) - digest(b.file))
    .filter(({ campaign }) => {
      if (campaign === '') return true;
      const count = (counts.get(campaign) ?? 0) + 1;
      counts.set(campaign, count);
      return count <= MAX_OF_CAMPAIGN;
    });
  const parts = Array.from(
    { length: Math.max(1, Math.round(kept.length / PART_MESSAGES)) },
    (): LabelledMessage[] => [],
  );
  for (const message of kept) parts[digest(message.campaign || message.file) % parts.length]?.push(message);
  return parts;
}

const digest = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);
