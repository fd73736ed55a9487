export { createTestDatabase, execute, type TestDatabase } from './test-database.js';
