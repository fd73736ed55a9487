import { z } from 'zod';
import { JobPayloadInvalid } from './errors.js';

/** W3C `traceparent` of the span that asked for the job, when traces are kept. */
const trace = z.string().max(55).optional();

/** Every job there is, and what it carries. Payloads name rows; the rows themselves stay in the database. */
const payloadSchemas = {
  /** Score the subjects that an accepted envelope touched. */
  'score-receipt': z.strictObject({ receiptId: z.string().min(1).max(200), trace }),
  /** Score again the subjects whose evidence has decayed since they were last looked at. */
  'review-subjects': z.strictObject({ atMost: z.int().min(1).max(1_000_000) }),
  /** Take newly stored fingerprints and bounces into campaigns, and review what campaigns say in the zones. */
  'cluster-fingerprints': z.strictObject({ trace }),
  /** Send what abuse desks are to hear by mail. */
  'mail-events': z.strictObject({}),
  /** Move actions of the working group whose time has come. */
  'settle-actions': z.strictObject({}),
  /** Write down what scores foretell, and hold what they foretold a day ago against what came. */
  'measure-quality': z.strictObject({}),
  /** Drop what is past its retention. */
  expire: z.strictObject({}),
} as const;

export type JobName = keyof typeof payloadSchemas;
export type PayloadOf<N extends JobName> = z.infer<(typeof payloadSchemas)[N]>;

export const isJobName = (name: string): name is JobName => Object.hasOwn(payloadSchemas, name);

/** @throws JobPayloadInvalid naming each field at fault, never its value */
export function readPayload<N extends JobName>(name: N, payload: unknown): PayloadOf<N> {
  const result = payloadSchemas[name].safeParse(payload);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.code}`);
    throw new JobPayloadInvalid(name, faults);
  }
  // The compiler does not connect the schema looked up by name to the payload type looked up by the same name.
  return result.data as PayloadOf<N>;
}
