// One file for each format of `sekisho zone export`. `UPDATE_GOLDEN=1 npx vitest run --project system test/golden` writes
// what comes out now, to be read before it is committed.
import { readSubject } from '@sekisho/subject';
import { parseReturnCode, sortEntries, type ZoneName, type ZoneSnapshot } from '@sekisho/zone';
import { bindLines, NotExportable, rbldnsdLines, rpzLines } from '@sekisho/zone-export';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const OPTIONS = { apex: 'z.example', serial: 2_026_112_401, publicUrl: 'https://hub.example' };

function snapshotOf(zone: ZoneName, listings: Readonly<Record<string, readonly string[]>>): ZoneSnapshot {
  const entries = Object.entries(listings).map(([subject, codes]) => ({
    subject: readSubject(subject),
    codes: codes.map((code) => parseReturnCode(code) ?? 0),
  }));
  return { zone, serial: OPTIONS.serial, entries: sortEntries(entries) };
}

const IP = snapshotOf('ip', {
  '203.0.113.9': ['127.0.91.3'],
  '203.0.113.10': ['127.0.80.2', '127.0.80.4'],
  '203.0.113.0/24': ['127.0.60.2', '127.0.60.3'],
  '198.51.100.64/29': ['127.0.70.10'],
  '192.0.0.0/15': ['127.0.50.2'],
  '192.0.2.7': ['127.0.95.7'],
  '2001:db8::/46': ['127.0.61.2'],
  '2001:db8:1::/48': ['127.0.71.2', '127.0.71.3'],
  '2001:db8:1:0:1::9': ['127.0.92.3'],
});
const DOMAIN = snapshotOf('domain', {
  'shop.example.com': ['127.0.80.21', '127.0.80.22'],
  'a.b.shop.example.com': ['127.0.90.20'],
});
const HASH = snapshotOf('hash', { [`address:${'0f'.repeat(32)}`]: ['127.0.77.30'] });

const FORMATS = [
  ['rbldnsd', rbldnsdLines, [IP, DOMAIN, HASH]],
  ['bind', bindLines, [IP, DOMAIN, HASH]],
  ['rpz', rpzLines, [IP, DOMAIN]],
] as const;

describe('sekisho zone export', () => {
  it.each(FORMATS)('for %s writes what the file says', async (format, linesOf, snapshots) => {
    const text = `${snapshots.flatMap((snapshot) => [...linesOf(snapshot, OPTIONS)]).join('\n')}\n`;
    const path = join(import.meta.dirname, `zone-export.${format}`);
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, text);
    expect(text).toBe(await readFile(path, 'utf8'));
  });

  it('has no response policy of hashes and scores', () => {
    expect(() => [...rpzLines(HASH, OPTIONS)]).toThrow(NotExportable);
  });
});
