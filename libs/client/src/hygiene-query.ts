import { z } from 'zod';

const figure = z.number().nullable();
const hygieneSchema = z.object({
  own: z.object({
    ...{ listedPerThousand: figure, leakingPerThousand: figure, port25BlockedShare: figure },
    ...{ medianHoursToFixed: figure, reappearanceRate: figure },
  }),
  federation: z.array(
    z.object({ figure: z.string(), low: z.number(), median: z.number(), high: z.number() }),
  ),
  asOf: z.string(),
});
/** How clean the member's network is, and how that compares. */
export type Hygiene = z.infer<typeof hygieneSchema>;

export const hygieneQuery = {
  text: `{ hygiene { own { listedPerThousand leakingPerThousand port25BlockedShare medianHoursToFixed reappearanceRate }
  federation { figure low median high } asOf } }`,
  schema: z.object({ hygiene: hygieneSchema }),
};
