// Lines that wait for one another are not lost, however the process ends in order.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LINES = 1_000;

it.each([
  ['by itself', ''],
  ['at once', 'process.exit(0);'],
])('a process that ends %s has written all lines, of both loggers in their order', async (_, end) => {
  const program = `import { createBatchedLoggers } from '@sekisho/telemetry';
    const { logger, frequent } = createBatchedLoggers({ name: 'policyd', level: 'info' });
    for (let i = 0; i < ${LINES}; i++) (i % 2 ? logger : frequent).info({ i }, 'line');
    ${end}`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
  });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(
    Array.from({ length: LINES }, (_one, i) => i),
  );
});
