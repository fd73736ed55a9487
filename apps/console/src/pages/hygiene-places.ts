interface Places {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly own: number | undefined;
}

/** Where the quartiles and one's own figure stand on a line that begins at 0, in percent; `whole` is the line's end. */
export function placesOf(
  { low, median, high }: { readonly low: number; readonly median: number; readonly high: number },
  own: number | null,
  whole?: number,
): Places {
  // A little further than the largest, so that nothing stands on the edge.
  const end = whole ?? Math.max(low, median, high, own ?? 0) * 1.1;
  const at = (value: number) => (end <= 0 ? 0 : Math.min(100, Math.max(0, (100 * value) / end)));
  return { low: at(low), median: at(median), high: at(high), own: own === null ? undefined : at(own) };
}
