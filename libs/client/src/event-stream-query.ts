import { z } from 'zod';

const FIELDS = `endpoint hasAuthorization status failures nextAttemptAt lastError mail { address format language }`;

const mailSchema = z.object({
  address: z.string(),
  format: z.enum(['ARF', 'XARF']),
  language: z.enum(['EN', 'JA']),
});
const streamSchema = z.object({
  ...{
    endpoint: z.string().nullable(),
    hasAuthorization: z.boolean(),
    status: z.enum(['ENABLED', 'PAUSED']),
  },
  ...{ failures: z.int(), nextAttemptAt: z.string().nullable(), lastError: z.string().nullable() },
  mail: mailSchema.nullable(),
});

export type EventMail = z.infer<typeof mailSchema>;
/** How a member is told of events. */
export type OwnEventStream = z.infer<typeof streamSchema>;

export const eventStreamQuery = {
  text: `{ eventStream { ${FIELDS} } }`,
  schema: z.object({ eventStream: streamSchema }),
};

const refusedSchema = z.object({
  ...{ jti: z.string(), type: z.string(), refused: z.string(), madeAt: z.string() },
});
/** One that the member's receiver could not use. */
export type RefusedEvent = z.infer<typeof refusedSchema>;

export const refusedEventsQuery = {
  text: '{ refusedEvents { jti type refused madeAt } }',
  schema: z.object({ refusedEvents: z.array(refusedSchema) }),
};

export type EventStreamChange =
  | { readonly receiver: { endpoint: string; authorization?: string | undefined } | null }
  | { readonly mail: EventMail | null }
  | { readonly status: OwnEventStream['status'] }
  | { readonly verify: string }
  | { readonly takeUp: true };

export function eventStreamMutation(change: EventStreamChange) {
  const [types, call, variables] = mutationOf(change);
  const operation = {
    text: `mutation Change${types} { eventStream: ${call} { ${FIELDS} } }`,
    schema: z.object({ eventStream: streamSchema }),
  };
  return { operation, variables };
}

function mutationOf(change: EventStreamChange): [string, string, Record<string, unknown>] {
  if ('receiver' in change) {
    return [
      '($endpoint: String, $authorization: String)',
      'setEventEndpoint(endpoint: $endpoint, authorization: $authorization)',
      { ...change.receiver },
    ];
  }
  if ('mail' in change) {
    return [
      '($address: String, $format: MailFormat! = ARF, $language: MailLanguage! = EN)',
      'setEventMail(address: $address, format: $format, language: $language)',
      { ...change.mail },
    ];
  }
  if ('status' in change) {
    return ['($status: EventStreamStatus!)', 'setEventStatus(status: $status)', { status: change.status }];
  }
  if ('verify' in change) {
    return ['($state: String!)', 'verifyEventStream(state: $state)', { state: change.verify }];
  }
  return ['', 'takeUpRefusedEvents', {}];
}
