// Appeals: filing one needs no account, reviewing them a reviewer's.
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { askHub, graphqlErrorSchema } from './hub-transport.js';
import { HubRefused } from './errors.js';
import type { ClientRuntime } from './runtime.js';

const FIELDS = `id subject state reasonClass text filedAt dueAt isOverdue isConcerned evidence { factor contribution detail }
  outcome reason decidedAt effectMs effectEdges version`;

const appealSchema = z.object({
  ...{ id: z.string(), subject: z.string(), state: z.string(), reasonClass: z.string(), text: z.string() },
  ...{ filedAt: z.string(), dueAt: z.string().nullable(), isOverdue: z.boolean(), isConcerned: z.boolean() },
  evidence: z.array(z.object({ factor: z.string(), contribution: z.number(), detail: z.string() })),
  ...{ outcome: z.string().nullable(), reason: z.string().nullable(), decidedAt: z.string().nullable() },
  ...{ effectMs: z.int().nullable(), effectEdges: z.int(), version: z.int() },
});
/** An appeal as its reviewers see it. */
export type Appeal = z.infer<typeof appealSchema>;

export const appealsQuery = {
  text: `query Appeals($first: Int!, $state: AppealState) {
  appeals(first: $first, state: $state) { edges { node { ${FIELDS} } } }
}`,
  schema: z.object({ appeals: z.object({ edges: z.array(z.object({ node: appealSchema })) }) }),
};

export const appealQuery = {
  text: `query Appeal($id: ID!) { appeal(id: $id) { ${FIELDS} } }`,
  schema: z.object({ appeal: appealSchema.nullable() }),
};

export const decideAppealMutation = {
  text: `mutation DecideAppeal($id: ID!, $outcome: AppealOutcome!, $reason: String!, $version: Int!) {
  decideAppeal(id: $id, outcome: $outcome, reason: $reason, version: $version) { ${FIELDS} }
}`,
  schema: z.object({ decideAppeal: appealSchema }),
};

const challengeSchema = z.object({
  parameters: z.looseObject({
    ...{ algorithm: z.string(), nonce: z.string(), salt: z.string(), keyPrefix: z.string() },
    ...{ cost: z.int().max(1_000_000), keyLength: z.int().max(64) },
  }),
  signature: z.string(),
});

/** Solves a puzzle of the hub: about a second of one core. @throws {Error} when it is none that can be solved */
export async function solvePuzzle(challenge: z.infer<typeof challengeSchema>): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  if (!solution) throw new Error('the puzzle of the hub has no solution');
  const { counter, derivedKey } = solution;
  return Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey } })).toString('base64');
}

const filedSchema = z.object({
  data: z.object({ fileAppeal: z.object({ state: z.string(), url: z.string() }) }).nullish(),
  errors: z.array(graphqlErrorSchema).optional(),
});

export interface NewAppeal {
  readonly subject: string;
  readonly text: string;
  readonly mail?: string | undefined;
  readonly language: 'EN' | 'JA';
}

/**
 * Files an appeal without an account. Not repeated by itself: each puzzle counts once.
 * @throws {HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function fileAppeal(
  hubUrl: string,
  appeal: NewAppeal,
  runtime: ClientRuntime,
): Promise<{ state: string; url: string }> {
  const proof = await solvePuzzle(
    await askHub(runtime, { url: new URL('/appeal/challenge', hubUrl).href }, challengeSchema),
  );
  const query = 'mutation FileAppeal($input: FileAppealInput!) { fileAppeal(input: $input) { state url } }';
  const { data, errors } = await askHub(
    runtime,
    {
      url: new URL('/graphql', hubUrl).href,
      contentType: 'application/json',
      body: JSON.stringify({ query, variables: { input: { ...appeal, proof } } }),
    },
    filedSchema,
  );
  if (data) return data.fileAppeal;
  const [error] = errors ?? [];
  throw new HubRefused({
    status: 200,
    code: error?.extensions?.code ?? 'appeal-refused',
    detail: error?.message ?? 'the hub gave no reason',
  });
}
