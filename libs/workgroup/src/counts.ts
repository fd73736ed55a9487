// What a member tells of its own lookups: never a figure, only the bucket in which it lies, and nothing below the first one.
import { z } from 'zod';

/** Lower ends. 0 stands for everything below 5: a cell that small could be one person's mail. */
export const BUCKETS = [
  0, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000,
] as const;

/** The lower end of the bucket that a count lies in. */
export const bucketed = (count: number): number => BUCKETS.findLast((from) => count >= from) ?? 0;

/** `fewer than 5`, `100 to 299`, `1000000 or more`. */
export function bucketText(from: number): string {
  const next = BUCKETS.find((one) => one > from);
  if (from === 0) return `fewer than ${next ?? 0}`;
  return next === undefined ? `${from} or more` : `${from} to ${next - 1}`;
}

const bucket = z.number().refine((value) => BUCKETS.some((from) => from === value), 'not a bucket');

export const MEASURES = ['connections', 'senders', 'knownGood'] as const;
export type Measure = (typeof MEASURES)[number];

const countsSchema = z.strictObject({
  /** That the action hits. */
  connections: bucket,
  /** Distinct client addresses among them. */
  senders: bucket,
  /** Connections among them that this member's own policy would have let through as good. */
  knownGood: bucket,
});
export type Counts = z.output<typeof countsSchema>;

export const countsOf = (exact: Readonly<Record<Measure, number>>): Counts => ({
  connections: bucketed(exact.connections),
  senders: bucketed(exact.senders),
  knownGood: bucketed(exact.knownGood),
});

/** What an agent signs before the vote, and after the end. */
export const RESULT_TYP = 'sekisho-action-result+jws';
export const resultSchema = z.strictObject({
  ...{ iss: z.string(), aud: z.string(), iat: z.number(), jti: z.string().min(8).max(128) },
  action: z.uuid(),
  /** `rehearsal`: replayed on what was looked up before; `actual`: what it did hit from T0 to its end. */
  phase: z.enum(['rehearsal', 'actual']),
  /** How many days of lookups were there to replay, to the day. */
  days: z.int().min(0).max(366),
  counts: countsSchema,
  /** Of `actual`: what the same subjects sent in as long a time before T0. */
  before: countsSchema.optional(),
});
export type ActionResult = z.output<typeof resultSchema>;

export interface BucketShare {
  readonly measure: Measure;
  readonly from: number;
  /** Members whose count lies there. */
  readonly members: number;
}

/** How the members' counts spread; buckets in which nobody is are left out. */
export const distributionOf = (results: readonly Counts[]): BucketShare[] =>
  MEASURES.flatMap((measure) =>
    BUCKETS.map((from) => ({
      ...{ measure, from },
      members: results.filter((counts) => counts[measure] === from).length,
    })).filter(({ members }) => members > 0),
  );
