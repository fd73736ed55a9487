import { z } from 'zod';

const decisionSchema = z.object({
  index: z.int().min(0),
  salt: z.string().regex(/^[\w-]{22}$/),
  /** Exactly as the log commits to it. */
  statement: z.string(),
});

/** A decision as the hub tells it, not proved yet. */
export type LoggedDecision = z.output<typeof decisionSchema>;

export const listingDecisionsQuery = {
  text: `query ListingDecisions($subject: Subject!) {
  listingDecisions(subject: $subject) { index salt statement }
}`,
  schema: z.object({ listingDecisions: z.array(decisionSchema) }),
};

export const keyDecisionsQuery = {
  text: 'query KeyDecisions { keyDecisions { index salt statement } }',
  schema: z.object({ keyDecisions: z.array(decisionSchema) }),
};

const statementSchema = z.looseObject({ about: z.string(), at: z.iso.datetime() });

/** What a decision says: about what, when (to 10 minutes), and what. */
export type DecisionStatement = z.output<typeof statementSchema>;

/** @throws {SyntaxError | z.ZodError} when it is no statement */
export const readDecision = ({ statement }: LoggedDecision): DecisionStatement =>
  statementSchema.parse(JSON.parse(statement));
