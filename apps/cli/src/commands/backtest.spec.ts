import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../test-context.fixture.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-backtest-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const report = (change: object = {}) => ({
  ...{ time: '2026-11-20T00:00:00Z', reporter: 'isp-a', subject: '203.0.113.9' },
  ...{ category: 'zombie', evidence: 'trap', count: 12, ...change },
});

async function score(lines: readonly (object | string)[], ...more: string[]) {
  const file = join(folder, 'reports.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await writeFile(file, text);
  return runCommand(['backtest', '--reports', file, '--at', '2026-11-20T01:00:00Z', ...more]);
}
/** By the model that the hub lists by. */
function scoreByFirst(lines: readonly object[], ...more: string[]) {
  return score(lines, '--model', 'first', ...more);
}
const results = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          subject: string;
          score: number;
          listed: boolean;
          contributions: { contribution: number }[];
        },
    );

describe('sekisho backtest', () => {
  it('lists what two members trapped and does not list what one did', async () => {
    const { stdout, status } = await scoreByFirst([
      report(),
      report({ reporter: 'isp-b' }),
      report({ subject: '203.0.113.10' }),
    ]);
    expect(status).toBe(0);
    expect(results(stdout)).toMatchObject([
      { subject: '203.0.113.9', listed: true },
      { subject: '203.0.113.10', listed: false },
    ]);
  });

  it('prints contributions that sum to the score', async () => {
    const { stdout } = await scoreByFirst([report(), report({ reporter: 'isp-b', category: 'spam-source' })]);
    const [result] = results(stdout);
    const tenths = result?.contributions.reduce(
      (sum, { contribution }) => sum + Math.round(contribution * 10),
      0,
    );
    expect(tenths).toBe((result?.score ?? 0) * 10);
    expect(tenths).toBeGreaterThan(0);
  });

  it('does not know what is reported later', async () => {
    const { stdout } = await scoreByFirst([
      report(),
      report({ reporter: 'isp-b', time: '2026-11-20T01:00:01Z' }),
      report({ subject: '203.0.113.10', time: '2026-11-21T00:00:00Z' }),
    ]);
    expect(results(stdout)).toMatchObject([{ subject: '203.0.113.9', listed: false }]);
  });

  it('reads one subject however it is written, and times in seconds', async () => {
    const { stdout } = await scoreByFirst([
      report({ subject: '::ffff:203.0.113.9', time: 1_795_132_800 }),
      report({ subject: { type: 'ip', value: '203.0.113.9' }, reporter: 'isp-b' }),
    ]);
    expect(results(stdout)).toMatchObject([{ subject: '203.0.113.9', listed: true }]);
  });

  it('takes a removal for the end of a sighting and not for evidence', async () => {
    const lone = results((await scoreByFirst([report()])).stdout);
    const removal = report({ time: '2026-11-20T00:30:00Z', ended: true });
    expect(results((await scoreByFirst([report(), removal])).stdout)).toEqual(lone);
    expect((await scoreByFirst([removal])).stdout).toBe('');
  });

  it.each(['first', 'learned'])(
    'scores a longer horizon higher and a shorter one lower by the %s model',
    async (model) => {
      const scoreOver = async (horizon: string) =>
        results((await score([report()], '--model', model, '--horizon', horizon)).stdout)[0]?.score ?? 0;
      const [short, day, long] = [await scoreOver('1h'), await scoreOver('24h'), await scoreOver('7d')];
      expect(short).toBeLessThan(day);
      expect(day).toBeLessThan(long);
    },
  );

  it('never lists a provider on a warning list', async () => {
    const lines = ['a', 'b', 'c', 'd'].map((reporter) => report({ reporter, subject: '209.85.220.41' }));
    const { stdout } = await scoreByFirst(lines);
    expect(results(stdout)).toMatchObject([{ listed: false }]);
  });

  it('is by the model that the hub lists by when not told otherwise', async () => {
    const lines = [report(), report({ reporter: 'isp-b' })];
    const told = (await score(lines)).stdout;
    expect(told).toBe((await scoreByFirst(lines)).stdout);
    expect(told).not.toBe((await score(lines, '--model', 'learned')).stdout);
  });

  it('protects a provider on a warning list by the learned model too', async () => {
    const reporters = ['a', 'b', 'c', 'd'];
    // What a member brings along in its first minute is old stock; what comes after it is news.
    const known = { subject: '198.51.100.1', time: '2026-11-20T00:00:00Z' };
    const fresh = (subject: string) => ({ subject, time: '2026-11-20T00:55:00Z' });
    const lines = [
      ...reporters.map((reporter) => report({ reporter, ...known })),
      ...reporters.map((reporter) => report({ reporter, ...fresh('209.85.220.41') })),
      ...reporters.map((reporter) => report({ reporter, ...fresh('203.0.113.9') })),
    ];
    const { stdout } = await score(lines, '--model', 'learned');
    const listed = new Map(results(stdout).map((result) => [result.subject, result.listed]));
    expect([listed.get('203.0.113.9'), listed.get('209.85.220.41')]).toEqual([true, false]);
  });

  it.each(['first', 'learned'])(
    'gives the same by the %s model in whatever order the lines are',
    async (model) => {
      const lines = Array.from({ length: 40 }, (_, i) =>
        report({
          time: new Date(Date.UTC(2026, 10, 19, i % 24, i)).toISOString(),
          reporter: `isp-${String(i % 3)}`,
          subject: `203.0.113.${String(i % 7)}`,
          ...(i % 9 === 0 && { ended: '2026-11-19T20:00:00Z' }),
        }),
      );
      const sorted = (stdout: string) => stdout.trim().split('\n').sort();
      const forward = sorted((await score(lines, '--model', model)).stdout);
      expect(forward).toHaveLength(7);
      expect(sorted((await score(lines.toReversed(), '--model', model)).stdout)).toEqual(forward);
    },
  );

  it('prints contributions of the learned model that sum to the log-odds of its score', async () => {
    const { stdout } = await score(
      [report(), report({ reporter: 'isp-b' }), report({ subject: '203.0.113.10' })],
      ...['--model', 'learned'],
    );
    expect(results(stdout)).toHaveLength(2);
    for (const result of results(stdout)) {
      const logOdds = result.contributions.reduce((sum, { contribution }) => sum + contribution, 0);
      expect(100 / (1 + Math.exp(-logOdds))).toBeCloseTo(result.score, 3);
    }
  });

  it('takes an owner for nobody, by the learned model too', async () => {
    const { stdout } = await score(
      [report({ evidence: 'owner' }), report({ subject: '203.0.113.10' })],
      ...['--model', 'learned'],
    );
    expect(results(stdout)).toMatchObject([{ subject: '203.0.113.10' }]);
  });

  it('reads a gzip file', async () => {
    const file = join(folder, 'reports.jsonl.gz');
    await writeFile(file, gzipSync(JSON.stringify(report())));
    const { stdout } = await runCommand(['backtest', '--reports', file, '--at', '2026-11-20T01:00:00Z']);
    expect(results(stdout)).toMatchObject([{ subject: '203.0.113.9' }]);
  });

  it.each<[string, object | string, string]>([
    ['that is not JSON', '{', 'not JSON'],
    ['without a reporter', report({ reporter: undefined }), 'reporter:'],
    ['with an unknown category', report({ category: 'spam' }), 'category:'],
    ['with a subject that is none', report({ subject: '203.0.113.300' }), 'subject:'],
    ['with a count of nothing', report({ count: 0 }), 'count:'],
    ['with a time that is none', report({ time: 'yesterday' }), 'time:'],
    ['that ends before it begins', report({ firstSeen: '2026-11-20T02:00:00Z' }), 'firstSeen:'],
  ])('names the line %s and prints no score', async (_case, line, fault) => {
    const { status, stdout, stderr } = await score([report(), '', line]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`reports.jsonl:3: ${fault}`);
  });

  it.each([
    ['--at', 'soon'],
    ['--horizon', 'long'],
    ['--horizon', '0h'],
  ])('calls %s %s a wrong use', async (option, value) => {
    const given = ['backtest', '--reports', '-', '--at', '2026-11-20T01:00:00Z', option, value];
    expect((await runCommand(given)).status).toBe(2);
  });
});
