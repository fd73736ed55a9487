import { z } from 'zod';

const accuracy = z.object({ rate: z.number(), brier: z.number(), brierOfConstant: z.number() });
const bin = z.object({
  ...{ from: z.int(), to: z.int(), forecasts: z.int(), foretold: z.number(), came: z.number() },
  ...{ cameLow: z.number(), cameHigh: z.number(), cameByAnother: z.number() },
});
const qualitySchema = z.object({
  ...{ asOf: z.string(), days: z.int(), horizonHours: z.int() },
  measurements: z.array(
    z.object({
      ...{ modelVersion: z.string(), use: z.enum(['IN_FORCE', 'SHADOW', 'FORMER']), forecasts: z.int() },
      ...{ anyMember: accuracy, anotherMember: accuracy },
      brierInForce: z.object({ anyMember: z.number(), anotherMember: z.number() }).nullable(),
      bins: z.array(bin),
    }),
  ),
});
/** How far the hub's scores, read as probabilities, agreed with what came. */
export type ModelQuality = z.infer<typeof qualitySchema>;

const ACCURACY = '{ rate brier brierOfConstant }';

export const modelQualityQuery = {
  text: `{ modelQuality { asOf days horizonHours measurements { modelVersion use forecasts anyMember ${ACCURACY}
  anotherMember ${ACCURACY} brierInForce { anyMember anotherMember } bins { from to forecasts foretold came cameLow cameHigh cameByAnother } } } }`,
  schema: z.object({ modelQuality: qualitySchema.nullable() }),
};
