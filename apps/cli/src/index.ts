export { type CliContext } from './context.js';
export { run } from './program.js';
