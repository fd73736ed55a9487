// Marked values, and the search for them in what a caller was shown.

export interface Mark {
  /** For the message of a failure. */
  readonly what: string;
  readonly text: RegExp;
  /** The member whose value it is, and who may see it. */
  readonly of: string;
  /** Where others may see it by design: the caller's name and the place. Each is explained in docs/privacy.md. */
  readonly exceptions?: readonly { readonly caller?: string; readonly place: RegExp }[];
}

/** One value that a caller was shown, and where: `reputation.explanation.0.detail`, `GET /zones/ip/snapshot`. */
export interface Shown {
  readonly place: string;
  readonly text: string;
}

export interface PrivacyCaller {
  readonly name: string;
  readonly memberId: string | undefined;
}

/** Every marked value of somebody else among what a caller was shown, as lines for a failure message. */
export function breachesIn(caller: PrivacyCaller, shown: readonly Shown[], marks: readonly Mark[]): string[] {
  return shown.flatMap(({ place, text }) =>
    marks
      .filter((mark) => mark.of !== caller.memberId && mark.text.test(text))
      .filter(
        ({ exceptions = [] }) =>
          !exceptions.some((one) => (one.caller ?? caller.name) === caller.name && one.place.test(place)),
      )
      .map(({ what, of }) => `${caller.name} sees ${what} of ${of} at ${place}: ${text.slice(0, 120)}`),
  );
}

/** The leaves and the keys of a JSON value with their places; keys can hold values as well. */
export function leavesOf(value: unknown, place: string): Shown[] {
  if (value === null || typeof value !== 'object') return [{ place, text: String(value) }];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(Array.isArray(value) ? [] : [{ place: `${place}.${key}#`, text: key }]),
    ...leavesOf(part, `${place}.${key}`),
  ]);
}

/** A count that names fewer than k members is a breach wherever it appears, whoever looks. */
export const exactCountsIn = (shown: readonly Shown[], k: number): string[] =>
  shown
    .filter(({ place }) => /\.(memberCount|reporterCount|members)$/.test(place))
    .filter(({ text }) => /^\d+$/.test(text) && Number(text) < k)
    .map(({ place, text }) => `a count of ${text} at ${place}`);
