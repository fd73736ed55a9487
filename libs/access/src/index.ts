export {
  accessMatrix,
  isAllowed,
  isForPeople,
  MACHINE_ROLES,
  OPERATIONS,
  PERSON_ROLES,
  ROLES,
  rolesInvitedBy,
  type MachineRole,
  type Operation,
  type PersonRole,
  type Role,
} from './access.js';
