import { z } from 'zod';
import { HubAnswerInvalid } from './errors.js';
import { askHub } from './hub-transport.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';

const endpoint = z.url({ protocol: /^https?$/ });

/** What a holder of key shares publishes of them. */
export const publishedEpochsSchema = z.object({
  epochs: z.array(z.object({ epoch: z.string(), publicKey: z.string() })),
  destroyed: z.array(z.string()),
  statement: z.string(),
});

const description = z.object({
  hub: z.string().min(1).max(255),
  isDemo: z.boolean(),
  endpoints: z.object({
    reports: endpoint,
    token: endpoint,
    graphql: endpoint,
    enrolment: endpoint,
    keys: endpoint,
    jwks: endpoint,
    schema: endpoint,
    evaluate: endpoint.optional(),
    statements: endpoint.optional(),
    log: endpoint.optional(),
  }),
  /** The transparency log: its name and the keys that sign it. */
  log: z
    .object({ origin: z.string(), key: z.string(), witnesses: z.array(z.string()).default([]) })
    .optional(),
  /** Absent at a hub that matches no subscribers. */
  oprf: publishedEpochsSchema.extend({ searched: z.array(z.string()) }).optional(),
  trustee: endpoint.optional(),
  zone: z.object({ apex: z.string(), names: z.array(z.string()) }),
  limits: z.object({ reportsPerEnvelope: z.int().min(1), envelopeBytes: z.int().min(1) }),
});

/** What a hub says of itself at /.well-known/sekisho. */
export type HubDescription = z.output<typeof description>;

/**
 * Asks the hub at a URL who it is and where its endpoints are.
 * @throws {HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function discover(
  hubUrl: string,
  runtime: ClientRuntime = systemRuntime,
): Promise<HubDescription> {
  if (!/^https?:\/\//.test(hubUrl) || !URL.canParse(hubUrl)) {
    throw new HubAnswerInvalid(hubUrl, 'not an http:// or https:// URL');
  }
  const url = `${hubUrl.replace(/\/+$/, '')}/.well-known/sekisho`;
  return askHub(runtime, { url }, description);
}
