// Who may do what: the one place where it is decided. Everything that serves a request asks isAllowed().

/** Roles of a member's machine clients, which are those of the member itself. */
export const MACHINE_ROLES = ['member', 'reviewer'] as const;
export type MachineRole = (typeof MACHINE_ROLES)[number];

/** Roles of people. A reviewer may do the same as a person and as a machine. */
export const PERSON_ROLES = ['abuse-desk', 'mail-operator', 'reviewer', 'officer', 'operator'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** Roles of a caller. */
export const ROLES = [
  ...['anonymous', 'edge', 'member', 'reviewer'],
  ...['abuse-desk', 'mail-operator', 'officer', 'operator'],
] as readonly ('anonymous' | 'edge' | MachineRole | PersonRole)[];
export type Role = (typeof ROLES)[number];

export const OPERATIONS = [
  'hub:describe',
  'hub:measure',
  'member:enrol',
  'token:request',
  'report:submit',
  'report:retract',
  'report:read-own',
  'calibration:read',
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
  'costs:state',
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
  'network:declare',
  'console:read',
  'session:start',
  'session:own',
  'invitation:accept',
  'person:list',
  'person:invite',
  'person:remove',
  'action:read',
  'action:propose',
  'action:vote',
  'action:schedule',
  'action:roll-back',
  'action:acknowledge',
  'conduct:read',
  'conduct:accept',
] as const;
export type Operation = (typeof OPERATIONS)[number];

const everyone: readonly Role[] = ROLES;
/** Who belongs to a member and speaks for it, in everything. */
const own: readonly Role[] = ['member', 'reviewer', 'officer'];
const abuseDesk: readonly Role[] = [...own, 'abuse-desk'];
const mailOperator: readonly Role[] = [...own, 'mail-operator'];
const ofMembers: readonly Role[] = [...own, 'abuse-desk', 'mail-operator'];
const federation: readonly Role[] = [...ofMembers, 'operator'];
const reviewers: readonly Role[] = ['reviewer', 'officer'];

const RULES: Readonly<Record<Operation, readonly Role[]>> = {
  'hub:describe': everyone,
  // A counter read before and after tells of one envelope: for the operator, whose monitoring has the edge token.
  'hub:measure': ['edge', 'operator'],
  // Guarded by the one-time code and by the client assertion themselves.
  'member:enrol': everyone,
  'token:request': everyone,
  // Authentic by the envelope's own signature, whoever carries it.
  'report:submit': everyone,
  'report:retract': abuseDesk,
  'report:read-own': abuseDesk,
  // A member's own; the operator's, who decides about members, of each.
  'calibration:read': [...abuseDesk, 'operator'],
  'reputation:read': federation,
  // One subject at a time, for anyone listed who wants to know why.
  'reputation:read-public': everyone,
  'listing:read': federation,
  'member:read-own': ofMembers,
  'member:list': federation,
  // Authentic by the signature of the key that is replaced.
  'key:rotate': everyone,
  'statistics:read': federation,
  'zone:read': ['edge', 'operator', ...mailOperator],
  // Who may ask the edges, and how much each did.
  'zone:access': ['edge'],
  'dns-key:rotate': mailOperator,
  // What outcomes cost the member itself, for what it is recommended.
  'costs:state': mailOperator,
  // The public key of whoever owns an address.
  'evidence:seal': abuseDesk,
  'evidence:read-own': abuseDesk,
  // Authentic by the member's signature over what is to be evaluated, at hub and trustee alike.
  'oprf:evaluate': everyone,
  'subscriber:terminate': abuseDesk,
  'subscriber:check': abuseDesk,
  'subscriber:case': abuseDesk,
  // Its reporter, or a reviewer for an appeal: which, the record decides.
  'subscriber:contest': abuseDesk,
  // Not by its reporter, which the record decides.
  'subscriber:decide': reviewers,
  'subscriber:canary': reviewers,
  // Commitments and checkpoints only: whoever can read it can check it.
  'log:read': everyone,
  'campaign:read': federation,
  // A member's own domains, and the floods of bounces that they suffer.
  'domain:prove': ofMembers,
  // Of the member's own networks.
  'alert:answer': abuseDesk,
  // Anyone listed, without an account; a solved puzzle or the address itself speaks for it.
  'appeal:file': everyone,
  'appeal:review': [...reviewers, 'operator'],
  // Not by who reported or owns the subject, which the appeal decides.
  'appeal:decide': reviewers,
  // What the member itself is told.
  'event:receive': abuseDesk,
  // Of the member's own networks; whose they are, the operator decides.
  'network:declare': mailOperator,
  // The program of the console; what it shows is asked for with a session.
  'console:read': everyone,
  // Guarded by the passkey and by the invitation's code themselves.
  'session:start': everyone,
  'invitation:accept': everyone,
  'session:own': PERSON_ROLES,
  // An officer's own member; the operator's everywhere.
  'person:list': ['officer', 'operator'],
  'person:invite': ['officer', 'operator'],
  'person:remove': ['officer', 'operator'],
  // Whose action it is, who is recused and what two officers may do, libs/workgroup decides.
  'action:read': federation,
  'action:propose': own,
  'action:vote': own,
  'action:schedule': own,
  'action:roll-back': own,
  'action:acknowledge': mailOperator,
  'conduct:read': everyone,
  'conduct:accept': own,
};

export const isAllowed = (role: Role, operation: Operation): boolean => RULES[operation].includes(role);

const FOR_PEOPLE: readonly Operation[] = ['session:own', 'person:list', 'person:invite', 'person:remove'];

/** Whether an operation is a person's own doing, so that a machine of the same role may not do it. */
export const isForPeople = (operation: Operation): boolean => FOR_PEOPLE.includes(operation);

/** Those who act for the whole federation are appointed by its operator; nobody makes others their equals. */
const INVITES: Readonly<Partial<Record<PersonRole, readonly PersonRole[]>>> = {
  officer: ['abuse-desk', 'mail-operator'],
  operator: ['abuse-desk', 'mail-operator', 'reviewer', 'officer'],
};

/** The roles that a person may give to others. Operators are made at the hub's machine only. */
export const rolesInvitedBy = (role: Role): readonly PersonRole[] => INVITES[role as PersonRole] ?? [];

/** Whose people may be sent away by somebody of this role: a reviewer who leaves the member cannot wait for the operator. */
export const rolesRemovedBy = (role: Role): readonly PersonRole[] =>
  role === 'officer' ? ['abuse-desk', 'mail-operator', 'reviewer'] : rolesInvitedBy(role);

/** The whole matrix, for the test that walks it and for the table in the documentation. */
export const accessMatrix = (): ReadonlyMap<Operation, readonly Role[]> =>
  new Map(OPERATIONS.map((operation) => [operation, RULES[operation]]));
