import { z } from 'zod';

const confirmation = z.object({
  ...{ confirmed: z.int(), unknown: z.int() },
  ...{ share: z.number(), shareLow: z.number(), shareHigh: z.number() },
});
const calibrationSchema = z.object({
  ...{ asOf: z.string().nullable(), days: z.int() },
  trust: z.object({
    ...{ trust: z.number(), byRule: z.number(), right: z.int(), wrong: z.int() },
    ...{ reason: z.string().nullable(), newUntil: z.string().nullable(), repeats: z.number().nullable() },
  }),
  channels: z.array(
    z.object({
      ...{ category: z.string().nullable(), evidence: z.string().nullable(), reported: z.number() },
      ...{ checked: z.int(), refuted: z.int(), confirmation: confirmation.nullable() },
    }),
  ),
});
/** What became of the member's reports, and what they are weighed with. */
export type Calibration = z.infer<typeof calibrationSchema>;

export const calibrationQuery = {
  text: `{ calibration { asOf days trust { trust byRule reason right wrong newUntil repeats } channels { category evidence reported checked
  refuted confirmation { confirmed unknown share shareLow shareHigh } } } }`,
  schema: z.object({ calibration: calibrationSchema }),
};
