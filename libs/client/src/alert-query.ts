import { z } from 'zod';

const FIELDS = `id subject category state messages lastSeen openedAt evidenceCount fixedAt quietAt endsEarly failedFixes
  closedAt outcome`;

const alertSchema = z.object({
  ...{ id: z.string(), subject: z.string(), category: z.string(), state: z.string(), messages: z.int() },
  ...{ lastSeen: z.string(), openedAt: z.string(), evidenceCount: z.int(), fixedAt: z.string().nullable() },
  ...{ quietAt: z.string().nullable(), endsEarly: z.boolean(), failedFixes: z.int() },
  ...{ closedAt: z.string().nullable(), outcome: z.string().nullable() },
});
/** That one of the member's own addresses or networks became suspect, and what it answered. */
export type OwnAlert = z.infer<typeof alertSchema>;

export const alertsQuery = {
  text: `query Alerts($first: Int!, $openOnly: Boolean!) {
  alerts(first: $first, openOnly: $openOnly) { edges { node { ${FIELDS} } } }
}`,
  schema: z.object({ alerts: z.object({ edges: z.array(z.object({ node: alertSchema })) }) }),
};

export const alertRaisedSubscription = {
  text: `subscription { alertRaised { change alert { ${FIELDS} } } }`,
  schema: z.object({ alertRaised: z.object({ change: z.string(), alert: alertSchema }) }),
};

export const answerAlertMutation = {
  text: `mutation AnswerAlert($id: ID!, $answer: AlertAnswer!) { answerAlert(id: $id, answer: $answer) { ${FIELDS} } }`,
  schema: z.object({ answerAlert: alertSchema }),
};
