import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../test-context.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-costs-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function set(text: string) {
  const file = join(directory, 'costs.yaml');
  await writeFile(file, text);
  return runCommand(['costs', 'set', file, '--dir', join(directory, 'nobody')]);
}

describe('sekisho costs set', () => {
  it('tells every fault at its line, before it looks for keys or a hub', async () => {
    const { status, stdout, stderr } = await set(
      'costs:\n  default: { abuse: -1, refused: many }\n  probability: [{ score: 70, is: 0.2 }]\n',
    );
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.replaceAll(directory, 'DIR').split('\n')).toEqual([
      'DIR/costs.yaml:2:21: costs.default.abuse: not a cost: give 0 or more',
      'DIR/costs.yaml:2:34: costs.default.refused: not a number. Example: 20',
      'DIR/costs.yaml:3:16: costs.probability: the hub measures that itself: leave it out',
      'sekisho: DIR/costs.yaml is no valid policy',
      'what to do: correct these lines; docs/policyd.md describes the file',
      '',
    ]);
  });

  it('says so when there is nothing of costs, or no file', async () => {
    const { status, stderr } = await set('version: 1\nrules: []\n');
    expect(status).toBe(1);
    expect(stderr).toContain('costs.yaml:1:1: costs: not a section. Example: costs: { default:');
    const missing = await runCommand(['costs', 'set', join(directory, 'none.yaml')]);
    expect(missing).toMatchObject({ status: 1, stdout: '' });
    expect(missing.stderr).toContain('what to do: give a file that can be read');
  });
});
