export { accessMatrix, isAllowed, OPERATIONS, ROLES, type Operation, type Role } from './access.js';
