import { createBatchedLoggers, Registry } from '@sekisho/telemetry';
import { expect, it } from 'vitest';
import { Figures } from './figures.js';

it('tells at each reading what was counted since the start, by its labels', async () => {
  const registry = new Registry();
  const { logger } = createBatchedLoggers({ name: 'policyd', level: 'silent' });
  const figures = new Figures(registry, logger);
  figures.decided('shaped', false, true);
  figures.decided('shaped', false, true);
  figures.decided('tag', true, false);
  figures.passed('no-rule');
  figures.failedOpen('timeout');
  const counted = async () =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => line.includes('_total{'))
      .sort();
  const wanted = [
    'sekisho_policyd_decisions_total{action="shaped",shadow="no",over="yes"} 2',
    'sekisho_policyd_decisions_total{action="tag",shadow="yes",over="no"} 1',
    'sekisho_policyd_fail_open_total{reason="timeout"} 1',
    'sekisho_policyd_passed_total{because="no-rule"} 1',
  ];
  expect(await counted()).toEqual(wanted);
  expect(await counted()).toEqual(wanted);
  figures.passed('no-rule');
  expect(await counted()).toContain('sekisho_policyd_passed_total{because="no-rule"} 2');
});
