import { z } from 'zod';

export const ownerKeyQuery = {
  text: 'query OwnerKey($subject: Subject!) { ownerKey(subject: $subject) { kid jwk { kty crv x } } }',
  schema: z.object({
    ownerKey: z
      .object({ kid: z.string(), jwk: z.object({ kty: z.string(), crv: z.string(), x: z.string() }) })
      .nullable(),
  }),
};

export const sealedEvidenceQuery = {
  text: `query SealedEvidence($first: Int!, $after: String) {
  sealedEvidence(first: $first, after: $after) {
    edges { node { id subject sealed receivedAt } } pageInfo { hasNextPage endCursor }
  }
}`,
  schema: z.object({
    sealedEvidence: z.object({
      edges: z.array(
        z.object({
          node: z.object({
            id: z.string(),
            subject: z.string(),
            sealed: z.string(),
            receivedAt: z.string(),
          }),
        }),
      ),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
};

export const acknowledgeEvidenceMutation = {
  text: 'mutation AcknowledgeEvidence($ids: [ID!]!) { acknowledgeEvidence(ids: $ids) }',
  schema: z.object({ acknowledgeEvidence: z.int() }),
};
