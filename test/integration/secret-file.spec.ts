import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const entry = pathToFileURL(join(import.meta.dirname, '../../libs/config/dist/index.js')).href;

it('processes that start at once agree on one edge token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edge-token-'));
  try {
    const program = `import { readEdgeToken } from ${JSON.stringify(entry)};
      process.stdout.write(await readEdgeToken(${JSON.stringify(folder)}));`;
    const answers = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '--eval', program])),
    );
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
    expect(answers[0]?.stdout).toMatch(/^[\w-]{43}$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
