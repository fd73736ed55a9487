import { z } from 'zod';
import type { GraphqlOperation } from './hub-session.js';

const FIELDS = `__typename ... on ActionRefused { code message } ... on Action {
  id kind title reason state version subjects category concerns campaignId messagesPerHour noticeTo noticeText isEmergency
  proposedBy proposedAt votingEndsAt isVoting isApproved effectiveAt expiresAt rollBackAt endedAt myVote isRecused
  tally { yes no abstain recused quorum eligible }
  rehearsal { answered distribution { measure from text members } actual { measure from text members } }
  participants { memberId state at skewMs removalSkewMs clockOffsetMs note }
  history { at by transition state reason logIndex } comments { memberId text at } }`;
const OWN_FIELDS = FIELDS.slice(FIELDS.indexOf('... on Action {') + '... on Action {'.length, -1);

const count = z.union([z.number(), z.string()]);
const shares = z.array(z.object({ measure: z.string(), from: z.number(), text: z.string(), members: count }));
const time = z.string().nullable();

const actionSchema = z.object({
  ...{ id: z.string(), kind: z.string(), title: z.string(), reason: z.string(), state: z.string() },
  ...{ version: z.int(), subjects: z.array(z.string()), category: z.string().nullable() },
  ...{ concerns: z.string().nullable(), campaignId: z.string().nullable(), isEmergency: z.boolean() },
  ...{
    messagesPerHour: z.int().nullable(),
    noticeTo: z.string().nullable(),
    noticeText: z.string().nullable(),
  },
  ...{ proposedBy: z.string(), proposedAt: z.string(), votingEndsAt: time, isVoting: z.boolean() },
  ...{ isApproved: z.boolean().nullable(), effectiveAt: time, expiresAt: time, rollBackAt: time },
  ...{ endedAt: time, myVote: z.string().nullable(), isRecused: z.boolean() },
  tally: z.object({
    ...{ yes: z.int(), no: z.int(), abstain: z.int(), recused: z.int(), quorum: z.int(), eligible: z.int() },
  }),
  rehearsal: z.object({ answered: count, distribution: shares, actual: shares }).nullable(),
  participants: z.array(
    z.object({
      ...{ memberId: z.string(), state: z.string(), at: time, note: z.string() },
      skewMs: z.number().nullable(),
      removalSkewMs: z.number().nullable(),
      clockOffsetMs: z.number().nullable(),
    }),
  ),
  history: z.array(
    z.object({
      ...{ at: z.string(), by: z.string(), transition: z.string(), state: z.string(), reason: z.string() },
      logIndex: z.number(),
    }),
  ),
  comments: z.array(z.object({ memberId: z.string(), text: z.string(), at: z.string() })),
});
/** An action of the working group, as the member that asks sees it. */
export type JointAction = z.infer<typeof actionSchema>;

/** What was asked for is against the rules of the working group, and nothing was changed. */
export class ActionNotTaken extends Error {
  override readonly name = 'ActionNotTaken';
  readonly kind = 'Rejected';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const resultSchema = z
  .discriminatedUnion('__typename', [
    z.object({ __typename: z.literal('ActionRefused'), code: z.string(), message: z.string() }),
    actionSchema.extend({ __typename: z.literal('Action') }),
  ])
  .transform((result) => {
    if (result.__typename === 'ActionRefused') return new ActionNotTaken(result.code, result.message);
    return actionSchema.parse(result);
  });

/** `name` with its variables: `voteOnAction(id: ID!, vote: Vote!)`. */
function mutation(name: string, variables: Readonly<Record<string, string>>) {
  const declared = Object.entries(variables).map(([key, type]) => `$${key}: ${type}`);
  const passed = Object.keys(variables).map((key) => `${key}: $${key}`);
  return {
    text: `mutation Change(${declared.join(', ')}) { result: ${name}(${passed.join(', ')}) { ${FIELDS} } }`,
    schema: z.object({ result: resultSchema }),
  };
}

const ID = { id: 'ID!' };
export const ACTION_COMMANDS = {
  propose: mutation('proposeAction', { input: 'ProposeActionInput!' }),
  edit: mutation('editAction', { ...ID, input: 'EditActionInput!', version: 'Int!' }),
  submit: mutation('submitAction', ID),
  withdraw: mutation('withdrawAction', { ...ID, reason: 'String!' }),
  vote: mutation('voteOnAction', { ...ID, vote: 'Vote!', reason: 'String!' }),
  schedule: mutation('scheduleAction', {
    ...ID,
    effectiveAt: 'DateTime!',
    expiresAt: 'DateTime!',
    version: 'Int',
  }),
  confirm: mutation('confirmEmergency', {
    ...ID,
    effectiveAt: 'DateTime!',
    expiresAt: 'DateTime!',
    reason: 'String!',
  }),
  rollBack: mutation('rollBackAction', { ...ID, reason: 'String!', version: 'Int' }),
  comment: mutation('commentOnAction', { ...ID, text: 'String!' }),
  acknowledge: mutation('acknowledgeAction', {
    ...ID,
    ...{ state: 'Participation!', at: 'DateTime', clockOffsetMs: 'Float!', reason: 'String!' },
  }),
  result: mutation('submitActionResult', { result: 'String!' }),
} as const;
export type ActionCommandName = keyof typeof ACTION_COMMANDS;

export const actionsQuery = {
  text: `query Actions($first: Int!, $state: ActionState) {
  actions(first: $first, state: $state) { edges { node { ${OWN_FIELDS} } } }
}`,
  schema: z.object({ actions: z.object({ edges: z.array(z.object({ node: actionSchema })) }) }),
};

export const actionQuery = {
  text: `query Action($id: ID!) { action(id: $id) { ${OWN_FIELDS} } }`,
  schema: z.object({ action: actionSchema.nullable() }),
};

const conductSchema = z.object({ version: z.string(), url: z.string(), acceptedAt: time });
export type CodeOfConduct = z.infer<typeof conductSchema>;

export const conductQuery = {
  text: 'query Conduct { codeOfConduct { version url acceptedAt } }',
  schema: z.object({ codeOfConduct: conductSchema }),
} satisfies GraphqlOperation<{ codeOfConduct: CodeOfConduct }>;

export const acceptConductMutation = {
  text: 'mutation Accept($version: String!) { acceptConduct(version: $version) { version url acceptedAt } }',
  schema: z.object({ acceptConduct: conductSchema }),
};

export const delegateMutation = {
  text: 'mutation Delegate($memberId: ID) { delegateVote(memberId: $memberId) }',
  schema: z.object({ delegateVote: z.string().nullable() }),
};

export const reportAgentMutation = {
  text: 'mutation Agent($clockOffsetMs: Float!) { reportAgent(clockOffsetMs: $clockOffsetMs) }',
  schema: z.object({ reportAgent: z.number() }),
};
