import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../test-context.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-policy-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function check(text: string, ...words: readonly string[]) {
  const file = join(directory, 'policy.yaml');
  await writeFile(file, text);
  return runCommand(['policy', 'check', '--policy', file, ...words]);
}

describe('sekisho policy check', () => {
  const COSTS = 'version: 1\ncosts:\n  default: { abuse: 1, refused: 20, delayed: 1, returning: 0.25 }\n';

  it('says what each action is expected to cost, and takes the least', async () => {
    const { stdout, status } = await check(
      `${COSTS}rules:\n  - { category: any, action: cheapest }\n`,
      ...['--code', '127.0.80.3', '203.0.113.9'],
    );
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      '203.0.113.9',
      '  known    zombie, score 80; in high.ip',
      '  action   defer',
      '  because  rule 1, line 5',
      '  costs    abusive with 80 %: normal 0.8, defer 0.4, reject 4',
    ]);
  });

  it('says nothing of costs where a rule names its action', async () => {
    const { stdout } = await check(
      `${COSTS}rules:\n  - { category: any, action: tag }\n`,
      ...['--code', '127.0.80.3', '203.0.113.9'],
    );
    expect(stdout).toContain('action   tag');
    expect(stdout).not.toContain('costs');
  });

  it('refuses a rule that has no costs to go by, at its line', async () => {
    const { stderr, status } = await check('version: 1\nrules:\n  - { category: any, action: cheapest }\n');
    expect(status).toBe(1);
    expect(stderr).toMatch(/policy\.yaml:3:\d+: rules\.0\.action: cheapest needs costs/);
  });
});
