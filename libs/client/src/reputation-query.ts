// The part of the hub's GraphQL schema that this client asks for (DESIGN 4.4), and the check of what comes back.
import { z } from 'zod';
import { memberSchema } from './member-directory.js';

const reputationSchema = z.object({
  subject: z.string(),
  /** 0 (clean) to 100 (certainly abusive). */
  score: z.number(),
  listed: z.boolean(),
  categories: z.array(z.string()),
  confidence: z.number(),
  recommendation: z.string(),
  /** That abusive mail is reported of it in the next 24 hours, 0 to 1; null: not known. */
  probability: z.number().nullable(),
  /** A number, or `fewer than 3`. */
  memberCount: z.union([z.number(), z.string()]),
  firstSeen: z.string().nullable(),
  lastSeen: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** When it is not listed any more if nothing more is reported; null: not listed, or not known. */
  listedUntil: z.string().nullable(),
  explanation: z.array(
    z.object({ factor: z.string(), contribution: z.number(), detail: z.string().nullable() }),
  ),
});

/** What the federation knows of a subject. */
export type SubjectReputation = z.output<typeof reputationSchema>;

export const reputationsQuery = {
  text: `query Lookup($subjects: [Subject!]!) {
  reputations(subjects: $subjects) {
    subject score listed categories confidence recommendation probability memberCount firstSeen
    lastSeen expiresAt listedUntil explanation { factor contribution detail }
  }
}`,
  schema: z.object({ reputations: z.array(reputationSchema.nullable()) }),
};

export const reputationAsOfQuery = {
  text: `query LookupAsOf($subject: Subject!, $asOf: DateTime!) {
  reputation(subject: $subject, asOf: $asOf) {
    subject score listed categories confidence recommendation probability memberCount firstSeen
    lastSeen expiresAt listedUntil explanation { factor contribution detail }
  }
}`,
  schema: z.object({ reputation: reputationSchema.nullable() }),
};

export const meQuery = {
  text: 'query Me { me { id name role networks asns dnsKey } }',
  schema: z.object({ me: memberSchema.extend({ dnsKey: z.string().nullish() }) }),
};

/** A member as the hub tells it to itself. */
export type OwnMember = z.output<typeof meQuery.schema>['me'];

export const rotateDnsKeyMutation = {
  text: 'mutation RotateDnsKey { rotateDnsKey }',
  schema: z.object({ rotateDnsKey: z.string() }),
};

export const retractMutation = {
  text: `mutation Retract($receiptId: ID!, $index: Int!) {
  retractReport(receiptId: $receiptId, index: $index) { receiptId index subject }
}`,
  schema: z.object({
    retractReport: z.object({ receiptId: z.string(), index: z.int(), subject: z.string() }),
  }),
};
export type Retraction = z.output<typeof retractMutation.schema>['retractReport'];

export const statisticsQuery = {
  text: 'query Statistics { statistics { members envelopes reports unscoredEnvelopes subjects listings asOf } }',
  schema: z.object({
    statistics: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  }),
};
export type Statistics = z.output<typeof statisticsQuery.schema>['statistics'];
