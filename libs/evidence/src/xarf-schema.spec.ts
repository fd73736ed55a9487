import { expect, it } from 'vitest';
import { prepareXarf } from './xarf-schema.js';
import { readXarfText } from './xarf-json.js';

it('no report waits for the schemas to be compiled once they are prepared', () => {
  prepareXarf();
  const reports = [
    '{"Version":"3","ReporterInfo":{},"Report":{}}',
    '{"Version":"3","Version2":1}',
    '{"xarf_version":"4.0.0"}',
  ];
  for (const report of reports) {
    // Processor time: others may keep the machine busy.
    const began = process.cpuUsage();
    expect(readXarfText(report).reports).toEqual([]);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(50);
  }
});
