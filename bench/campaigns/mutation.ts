// What an adversary changes from copy to copy. Strength 1 is the published setting; the others are the curve.
import type { MessageContent } from '@sekisho/campaign';

/** At strength 1, the share of words that are replaced, of sentences that change places, of length that is inserted. */
const REPLACED = 0.04;
const SWAPPED = 0.1;
const INSERTED = 0.1;
const COMMENTED = 0.15;

const SUBSTITUTES =
  'acquire obtain receive purchase order simple quick rapid great superb excellent special unique offer deal bargain client customer person people money cash funds today now immediately discover find learn assist help support begin start launch large huge giant small little tiny home house firm company business web site page letter message note free gratis complimentary amazing remarkable genuine real actual true'.split(
    ' ',
  );

export const MUTATION_KINDS = ['words', 'order', 'paragraphs', 'comments'] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

export interface Mutation {
  readonly strength: number;
  readonly random: () => number;
  /** Undefined: all kinds. */
  readonly only?: MutationKind | undefined;
  /** Paragraphs of other people's mail that are pasted in. */
  readonly foreign: readonly string[];
}

/** The strength of one kind in a mutation. */
const strengthOf = (kind: MutationKind, { strength, only }: Mutation): number =>
  only === undefined || only === kind ? strength : 0;

export function mutate(content: MessageContent, mutation: Mutation): MessageContent {
  return {
    texts: content.texts.map((text) => mutateText(text, mutation, false)),
    htmls: content.htmls.map((html) => mutateMarkup(html, mutation)),
    attachments: content.attachments,
  };
}

const pick = <T>(from: readonly T[], random: () => number): T | undefined =>
  from[Math.floor(random() * from.length)];
const token = (random: () => number) => Math.floor(random() * 2 ** 40).toString(36);

function mutateText(text: string, mutation: Mutation, isMarkup: boolean): string {
  const { random, foreign } = mutation;
  const sentences = text.split(/(?<=[.!?]\s)|(?<=\n\s*\n)/);
  for (let i = 0; i + 1 < sentences.length; i++) {
    if (random() >= SWAPPED * strengthOf('order', mutation)) continue;
    [sentences[i], sentences[i + 1]] = [sentences[i + 1] ?? '', sentences[i] ?? ''];
  }
  const changed = sentences.map((sentence) =>
    sentence.replace(/\b[A-Za-z]{3,}\b/g, (word) => {
      if (random() < REPLACED * strengthOf('words', mutation)) return pick(SUBSTITUTES, random) ?? word;
      if (!isMarkup || random() >= COMMENTED * Math.min(2, strengthOf('comments', mutation))) return word;
      const at = 1 + Math.floor(random() * (word.length - 1));
      return `${word.slice(0, at)}<!-- ${token(random)} -->${word.slice(at)}`;
    }),
  );
  let left = isMarkup ? 0 : text.length * INSERTED * strengthOf('paragraphs', mutation);
  while (left > 20) {
    const paragraph = (pick(foreign, random) ?? '').slice(0, left);
    changed.splice(Math.floor(random() * (changed.length + 1)), 0, `\n${paragraph}\n`);
    left -= Math.max(20, paragraph.length);
  }
  return changed.join('');
}

function mutateMarkup(html: string, mutation: Mutation): string {
  const { random, foreign } = mutation;
  const pieces = html
    .split(/(<!--[\s\S]*?-->|<(?:style|script)[\s\S]*?<\/(?:style|script)>|<[^>]*>)/i)
    .map((piece, i) =>
      i % 2 === 1
        ? piece.replace(
            /(src\s*=\s*["']?[^"'\s>]*\/)[^"'\s>/]+/gi,
            (_, head: string) => `${head}${token(random)}.gif`,
          )
        : mutateText(piece, mutation, true),
    );
  const visible = pieces.reduce((sum, piece, i) => sum + (i % 2 === 0 ? piece.trim().length : 0), 0);
  let left = visible * INSERTED * strengthOf('paragraphs', mutation);
  while (left > 20) {
    const paragraph = (pick(foreign, random) ?? '').slice(0, left).replaceAll('<', ' ');
    // At an odd place there is a tag before: text goes between two tags.
    const at = Math.min(pieces.length, 2 * Math.floor((random() * (pieces.length + 1)) / 2));
    pieces.splice(at, 0, `<p>${paragraph}</p>`, '');
    left -= Math.max(20, paragraph.length);
  }
  return pieces.join('');
}

/** Paragraphs of 60 to 600 characters of the given messages. */
export function paragraphsOf(contents: readonly MessageContent[]): string[] {
  return contents.flatMap(({ texts }) =>
    texts.flatMap((text) => text.split(/\n\s*\n/).filter(({ length }) => length >= 60 && length <= 600)),
  );
}
