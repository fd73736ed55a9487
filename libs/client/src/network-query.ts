import { z } from 'zod';

const CLAIM = 'network state reason claimedAt decidedAt';
const claimSchema = z.object({
  ...{ network: z.string(), state: z.string(), reason: z.string().nullable() },
  ...{ claimedAt: z.string(), decidedAt: z.string().nullable() },
});
/** A network that the member says is its own. */
export type OwnNetworkClaim = z.infer<typeof claimSchema>;

const RANGE = 'network exceptions port25 declaredAt';
const rangeSchema = z.object({
  ...{ network: z.string(), exceptions: z.array(z.string()) },
  ...{ port25: z.enum(['BLOCKED', 'OPEN', 'UNKNOWN']), declaredAt: z.string() },
});
/** A range that the member declared dynamic. */
export type OwnDeclaredRange = z.infer<typeof rangeSchema>;

export const networkClaimsQuery = {
  text: `{ networkClaims { ${CLAIM} } }`,
  schema: z.object({ networkClaims: z.array(claimSchema) }),
};

export const claimNetworkMutation = {
  text: `mutation Claim($network: String!) { claimNetwork(network: $network) { ${CLAIM} } }`,
  schema: z.object({ claimNetwork: claimSchema }),
};

export const declaredRangesQuery = {
  text: `{ declaredRanges { ${RANGE} } }`,
  schema: z.object({ declaredRanges: z.array(rangeSchema) }),
};

export const declareRangeMutation = {
  text: `mutation Declare($network: String!, $exceptions: [String!]!, $port25: Port25!) {
  declareRange(network: $network, exceptions: $exceptions, port25: $port25) { ${RANGE} }
}`,
  schema: z.object({ declareRange: rangeSchema }),
};

export const withdrawRangeMutation = {
  text: 'mutation Withdraw($network: String!) { withdrawRange(network: $network) }',
  schema: z.object({ withdrawRange: z.boolean() }),
};
