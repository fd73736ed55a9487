// Campaigns as the hub shows them (docs/campaigns.md), and the check of what comes back.
import { z } from 'zod';

/** A number, or `fewer than 3`. */
const blurred = z.union([z.number(), z.string()]);

const nameSchema = z.object({
  subject: z.string(),
  memberCount: blurred,
  /** A power of ten. */
  copiesAtLeast: z.number(),
  passPercent: z.number().nullable(),
});

const spreadSchema = z.array(
  z.object({ at: z.string(), memberCount: blurred, copiesAtLeast: z.number().nullable() }),
);

const campaignSchema = z.object({
  id: z.string(),
  memberCount: blurred,
  copiesAtLeast: z.number().nullable(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  isConfirmed: z.boolean(),
  /** When the outbreak alarm was raised. */
  outbreakAt: z.string().nullable(),
  fromDomains: z.array(nameSchema),
  linkedHosts: z.array(nameSchema),
  networks: z.array(nameSchema),
  spread: spreadSchema,
});

export type Campaign = z.output<typeof campaignSchema>;

const NAME = '{ subject memberCount copiesAtLeast passPercent }';
const CAMPAIGN = `{ id memberCount copiesAtLeast firstSeen lastSeen isConfirmed outbreakAt
  fromDomains ${NAME} linkedHosts ${NAME} networks ${NAME} spread { at memberCount copiesAtLeast } }`;

export const campaignsQuery = {
  text: `query Campaigns($first: Int!, $after: String) {
  campaigns(first: $first, after: $after) { edges { node ${CAMPAIGN} } pageInfo { hasNextPage endCursor } }
}`,
  schema: z.object({
    campaigns: z.object({
      edges: z.array(z.object({ node: campaignSchema })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
};

export const campaignQuery = {
  text: `query Campaign($id: ID!) { campaign(id: $id) ${CAMPAIGN} }`,
  schema: z.object({ campaign: campaignSchema.nullable() }),
};

export const bounceFloodsQuery = {
  text: `query BounceFloods {
  bounceFloods { domain memberCount copiesAtLeast firstSeen lastSeen spread { at memberCount copiesAtLeast } }
}`,
  schema: z.object({
    bounceFloods: z.array(
      z.object({
        domain: z.string(),
        memberCount: blurred,
        copiesAtLeast: z.number().nullable(),
        firstSeen: z.string(),
        lastSeen: z.string(),
        spread: spreadSchema,
      }),
    ),
  }),
};
export type BounceFlood = z.output<typeof bounceFloodsQuery.schema>['bounceFloods'][number];

export const proveDomainMutation = {
  text: `mutation ProveDomain($domain: Subject!) {
  proveDomain(domain: $domain) { domain isProven recordName recordText expiresAt }
}`,
  schema: z.object({
    proveDomain: z.object({
      domain: z.string(),
      isProven: z.boolean(),
      recordName: z.string(),
      recordText: z.string(),
      expiresAt: z.string().nullable(),
    }),
  }),
};
export type DomainProof = z.output<typeof proveDomainMutation.schema>['proveDomain'];
