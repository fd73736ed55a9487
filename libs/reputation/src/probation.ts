// Who is new among members that know one another, and for how long.

export const PROBATION = Object.freeze({
  /** A member is new for so long, */
  ms: 30 * 86_400_000,
  /** or until people and owners have judged so many of its reports, right or wrong. */
  judgedReports: 200,
  /** A federation begins when so many have joined; who joins in the time of a probation after that is a founder. */
  founders: 3,
});

/** Milliseconds since 1970. */
export interface Membership {
  readonly joinedAt: number;
  /** When enough of its reports had been judged; undefined: they have not been. */
  readonly provenAt: number | undefined;
}

/** When the federation began; undefined while too few have joined, and then nobody is new. */
export function foundedAt(joinedAt: readonly number[]): number | undefined {
  return [...joinedAt].sort((a, b) => a - b)[PROBATION.founders - 1];
}

/**
 * From when on a member is no longer new; undefined: it never was. Founders are not, or a federation would list nothing in
 * its first month, and lose on one day what newer members had listed when the first of them is proven.
 */
export function provenFrom(
  { joinedAt, provenAt }: Membership,
  founded: number | undefined,
): number | undefined {
  if (founded === undefined || joinedAt <= founded + PROBATION.ms) return undefined;
  return Math.min(provenAt ?? Infinity, joinedAt + PROBATION.ms);
}

export function isOnProbation(membership: Membership, founded: number | undefined, now: number): boolean {
  return now < (provenFrom(membership, founded) ?? -Infinity);
}
