// What leaves the hub is made coarse here and nowhere else (DESIGN C2): every mapper calls these.

/** Exact times are for the owner of a network; everybody else sees them to 10 minutes. */
const BUCKET_MS = 600_000;

/** The beginning of the 10 minutes in which a moment lies. */
export const bucketed = (time: Date): Date => new Date(Math.floor(time.getTime() / BUCKET_MS) * BUCKET_MS);

/** A number of members or of what members did; below k it could point at one of them. */
export const blurredBelow = (count: number, k: number): number | string =>
  count < k ? `fewer than ${String(k)}` : count;

/** The largest power of ten that is not above a count; 0 for 0. */
export const magnitude = (count: number): number => (count < 1 ? 0 : 10 ** Math.floor(Math.log10(count)));

/** As libs/reputation words it: `4 members, fewer than 10 messages, last seen within the hour`. */
const MEMBERS = /\b(?:fewer than )?(\d+) members\b/g;

/** The numbers of members in a line of an explanation, blurred below k. */
export const blurredDetail = (detail: string, k: number): string =>
  detail.replace(MEMBERS, (words, count: string) =>
    Number(count) < k ? `fewer than ${String(k)} members` : words,
  );

/** Who looks: the owner of the network sees times as they were reported, and counts like everybody else. */
export interface View {
  readonly k: number;
  readonly isOwner: boolean;
}

interface Coarse {
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly expiresAt: Date;
  readonly listedUntil: Date | undefined;
  readonly explanation: readonly { readonly detail: string }[];
}

/** Times and explanation of a reputation as the viewer may see them. What is ahead follows from the last report's time. */
export function minimised<T extends Coarse>(reputation: T, { k, isOwner }: View): T {
  const time = isOwner ? (date: Date) => date : bucketed;
  return {
    ...reputation,
    firstSeen: time(reputation.firstSeen),
    lastSeen: time(reputation.lastSeen),
    expiresAt: time(reputation.expiresAt),
    listedUntil: reputation.listedUntil && time(reputation.listedUntil),
    explanation: reputation.explanation.map((line) => ({ ...line, detail: blurredDetail(line.detail, k) })),
  };
}
