// How near a newcomer has to be follows from how near the members are to one another. The sender of members that are
// nearly alike does not vary: what is half like them has their frame and another text. Members that differ show one who
// varies, and for them the limits of the link rule alone hold. The constants were chosen on one half of the labelled corpus
// (docs/campaigns.md).

/** A newcomer may be this much less like the members than they are like one another. */
const MARGIN = 0.25;
/** Similarity from which the spread refuses nothing: the labels call texts one campaign at about 0.6. */
export const ENOUGH = 0.6;
/** So many clusters that are half like one another are versions by one sender, however alike the copies of each are. */
export const VERSIONS = 3;

/** Similarities (0 to 1) of texts to one another, each to all before it: 1 to 0, 2 to 0, 2 to 1, 3 to 0 and so on. */
export type Similarities = readonly number[];

/**
 * The least mean similarity to members of these similarities. By their median, the upper of two in the middle: one odd
 * member of four and more does not move it, and copies of a second version do not hide that there is one.
 */
export function spreadLimit(similarities: Similarities): number {
  const median = similarities.toSorted((a, b) => a - b)[similarities.length >> 1];
  return median === undefined ? 0 : Math.min(ENOUGH, median - MARGIN);
}

/** The least mean similarity that makes two clusters with these limits one. */
export const mergeLimit = (one: number, other: number): number => (one + other) / 2;

/**
 * The place of the text that is least like the others and that they would refuse if it came now; undefined when there is
 * none. What `isBound` names stays whatever it is like.
 */
export function strangerAmong(
  similarities: Similarities,
  isBound: (of: number) => boolean,
): number | undefined {
  const count = Math.round((1 + Math.sqrt(1 + 8 * similarities.length)) / 2);
  let [stranger, least]: [number | undefined, number] = [undefined, ENOUGH];
  for (let of = 0; of < count; of++) {
    const [own, others]: [number[], number[]] = [[], []];
    let at = 0;
    for (let a = 1; a < count; a++)
      for (let b = 0; b < a; b++) (a === of || b === of ? own : others).push(similarities[at++] ?? 0);
    const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
    if (mean < least && mean < spreadLimit(others) && !isBound(of)) [stranger, least] = [of, mean];
  }
  return stranger;
}
