import {
  accessMatrix,
  isForPeople,
  MACHINE_ROLES,
  PERSON_ROLES,
  type MachineRole,
  type Operation,
  type PersonRole,
  type Role,
} from '@sekisho/access';

export type Caller = 'anonymous' | 'edge' | MachineRole | `person:${PersonRole}`;

/** Machines and people of each role. A reviewer is both. */
export const CALLERS: readonly Caller[] = [
  ...['anonymous' as const, 'edge' as const, ...MACHINE_ROLES],
  ...PERSON_ROLES.map((role) => `person:${role}` as const),
];

/** The role of a person, and undefined for machines. */
export const personRoleOf = (caller: Caller): PersonRole | undefined =>
  PERSON_ROLES.find((role) => caller === `person:${role}`);

export const roleOf = (caller: Caller) => caller.replace('person:', '') as Role;

/** What the matrix says of a caller. */
export function isLetThrough(caller: Caller, operation: Operation): boolean {
  const isAllowed = accessMatrix().get(operation)?.includes(roleOf(caller)) ?? false;
  return isAllowed && (personRoleOf(caller) !== undefined || !isForPeople(operation));
}
