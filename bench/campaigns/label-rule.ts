// The rule by which the development data was labelled (its README, part mail), for other mail and for other limits: Jaccard
// similarity over runs of four words of the visible text, digits folded, lower case; what is near is linked transitively.
import { visibleText, type MessageContent } from '@sekisho/campaign';

/** From this similarity on the labels of the data say that two messages are one campaign. */
export const LABEL_LIMIT = 0.6;
const MAX_MARKUP_CHARACTERS = 131_072;

/** For each message its campaign: a number that it shares with those it is linked to. */
export function labelsOf(contents: readonly MessageContent[], limit = LABEL_LIMIT): number[] {
  const parent = contents.map((_, i) => i);
  const rootOf = (of: number): number => {
    let at = of;
    while (parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  const sizes: number[] = [];
  const holders = new Map<string, number[]>();
  for (const [at, content] of contents.entries()) {
    const runs = runsOfFour(content);
    sizes.push(runs.size);
    const common = new Map<number, number>();
    for (const run of runs) {
      const before = holders.get(run) ?? [];
      for (const other of before) common.set(other, (common.get(other) ?? 0) + 1);
      holders.set(run, before);
      before.push(at);
    }
    for (const [other, shared] of common) {
      if (shared / (runs.size + (sizes[other] ?? 0) - shared) >= limit) parent[rootOf(at)] = rootOf(other);
    }
  }
  return contents.map((_, i) => rootOf(i));
}

function runsOfFour({ texts, htmls }: MessageContent): Set<string> {
  let left = MAX_MARKUP_CHARACTERS;
  const pages = htmls.map((html) => {
    const { text } = visibleText(html, left);
    left -= html.length;
    return text;
  });
  const page = pages.join('\n');
  const words =
    (page.trim() === '' ? texts.join('\n') : page)
      .toLowerCase()
      .replace(/\d+/g, '0')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.slice(3).map((_, i) => words.slice(i, i + 4).join(' ')));
}
