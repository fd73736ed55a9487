import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
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

it('an edge token that exists is read where nothing more can be written, and a failure leaves no draft', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edge-token-'));
  const read = (limit: string) =>
    run('prlimit', [
      ...[`--fsize=${limit}`, process.execPath, '--input-type=module', '--eval'],
      `import { readEdgeToken } from ${JSON.stringify(entry)};
       process.stdout.write(await readEdgeToken(${JSON.stringify(folder)}));`,
    ]);
  try {
    await expect(read('0')).rejects.toMatchObject({ stderr: expect.stringContaining('EFBIG') as string });
    expect(await readdir(join(folder, 'keys'))).toEqual([]);
    const { stdout } = await read('unlimited');
    expect((await read('0')).stdout).toBe(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
});
