// Who may do what: the one place where it is decided. Everything that serves a request asks isAllowed().

/** Roles of a caller. A member's machine clients and its people share the member's rights. */
export const ROLES = ['anonymous', 'edge', 'member', 'reviewer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export const OPERATIONS = [
  'hub:describe',
  'hub:measure',
  'member:enrol',
  'token:request',
  'report:submit',
  'report:retract',
  'reputation:read',
  'reputation:read-public',
  'listing:read',
  'member:read-own',
  'member:list',
  'key:rotate',
  'statistics:read',
  'zone:read',
  'zone:access',
  'dns-key:rotate',
  'evidence:seal',
  'evidence:read-own',
  'log:read',
  'oprf:evaluate',
  'subscriber:terminate',
  'subscriber:check',
  'subscriber:case',
  'subscriber:contest',
  'subscriber:decide',
  'subscriber:canary',
  'campaign:read',
  'domain:prove',
  'alert:answer',
  'appeal:file',
  'appeal:review',
  'appeal:decide',
  'event:receive',
] as const;
export type Operation = (typeof OPERATIONS)[number];

const everyone: readonly Role[] = ROLES;
const members: readonly Role[] = ['member', 'reviewer', 'operator'];

const RULES: Readonly<Record<Operation, readonly Role[]>> = {
  'hub:describe': everyone,
  // A counter read before and after tells of one envelope: for the operator, whose monitoring has the edge token.
  'hub:measure': ['edge', 'operator'],
  // Guarded by the one-time code and by the client assertion themselves.
  'member:enrol': everyone,
  'token:request': everyone,
  // Authentic by the envelope's own signature, whoever carries it.
  'report:submit': everyone,
  'report:retract': ['member', 'reviewer'],
  'reputation:read': members,
  // One subject at a time, for anyone listed who wants to know why.
  'reputation:read-public': everyone,
  'listing:read': members,
  'member:read-own': ['member', 'reviewer'],
  'member:list': members,
  // Authentic by the signature of the key that is replaced.
  'key:rotate': everyone,
  'statistics:read': members,
  'zone:read': ['edge', 'member', 'reviewer', 'operator'],
  // Who may ask the edges, and how much each did.
  'zone:access': ['edge'],
  'dns-key:rotate': ['member', 'reviewer'],
  // The public key of whoever owns an address.
  'evidence:seal': ['member', 'reviewer'],
  'evidence:read-own': ['member', 'reviewer'],
  // Authentic by the member's signature over what is to be evaluated, at hub and trustee alike.
  'oprf:evaluate': everyone,
  'subscriber:terminate': ['member', 'reviewer'],
  'subscriber:check': ['member', 'reviewer'],
  'subscriber:case': ['member', 'reviewer'],
  // Its reporter, or a reviewer for an appeal: which, the record decides.
  'subscriber:contest': ['member', 'reviewer'],
  // Not by its reporter, which the record decides.
  'subscriber:decide': ['reviewer'],
  'subscriber:canary': ['reviewer'],
  // Commitments and checkpoints only: whoever can read it can check it.
  'log:read': everyone,
  'campaign:read': members,
  // A member's own domains, and the floods of bounces that they suffer.
  'domain:prove': ['member', 'reviewer'],
  // Of the member's own networks.
  'alert:answer': ['member', 'reviewer'],
  // Anyone listed, without an account; a solved puzzle or the address itself speaks for it.
  'appeal:file': everyone,
  'appeal:review': ['reviewer', 'operator'],
  // Not by who reported or owns the subject, which the appeal decides.
  'appeal:decide': ['reviewer'],
  // What the member itself is told.
  'event:receive': ['member', 'reviewer'],
};

export const isAllowed = (role: Role, operation: Operation): boolean => RULES[operation].includes(role);

/** The whole matrix, for the test that walks it and for the table in the documentation. */
export const accessMatrix = (): ReadonlyMap<Operation, readonly Role[]> =>
  new Map(OPERATIONS.map((operation) => [operation, RULES[operation]]));
