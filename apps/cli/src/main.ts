import { openOperatorDatabase } from './admin/open-operator-database.js';
import { run } from './program.js';

// `sekisho lookup … | head` ends early, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => Date.now(),
  openOperatorDatabase,
});
