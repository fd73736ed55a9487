export { createTestDatabase, execute, type TestDatabase } from './test-database.js';
export { dig, digUntil, nameOf } from './dig.js';
export { Federation, FederationMember, freePort, reportOf, type ProcessName } from './federation.js';
export { requireProgram } from './program.js';
