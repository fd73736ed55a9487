import { hashAddress } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { readCsvHeader, readCsvRow, readJsonLine } from './table-row.js';

const csv = (head: string, row: string) => readCsvRow(row, readCsvHeader(head) ?? [], {});

describe('a row', () => {
  it('says by its head what each cell is', () => {
    const found = csv(
      'Source IP;category;evidence;hits;first_seen;last_seen',
      '203.0.113.9;zombie;trap;12;2026-11-19T00:00:00Z;1795132800',
    );
    expect(found.reports).toEqual([
      {
        subject: { type: 'ip', value: '203.0.113.9' },
        category: 'zombie',
        evidence: 'trap',
        count: 12,
        firstSeen: '2026-11-19T00:00:00.000Z',
        lastSeen: '2026-11-20T00:00:00.000Z',
      },
    ]);
  });

  it('takes from the command line what it does not say', () => {
    const rules = { category: 'zombie', evidence: 'trap' } as const;
    const found = readCsvRow(
      '"203.0.113.9","Fri, 20 Nov 2026 00:00:00 GMT"',
      readCsvHeader('ip,time') ?? [],
      rules,
    );
    expect(found.reports[0]).toMatchObject({ category: 'zombie', lastSeen: '2026-11-20T00:00:00.000Z' });
  });

  it('of an e-mail address gives its hash alone', () => {
    const found = csv(
      'email,category,evidence,time',
      'Some.One@example.com,dropbox-address,complaint,1795132800',
    );
    expect(found.reports[0]?.subject).toEqual({
      type: 'address',
      value: hashAddress('some.one@example.com'),
    });
    expect(JSON.stringify(found)).not.toContain('one@');
  });

  it.each([
    ['another number of cells', 'ip,time', '203.0.113.9'],
    ['an open quote', 'ip,time', '"203.0.113.9,1795132800'],
    ['an unknown category', 'ip,category,evidence,time', '203.0.113.9,nuisance,trap,1795132800'],
    ['no time', 'ip,category,evidence', '203.0.113.9,zombie,trap'],
    ['a broken subject', 'ip,category,evidence,time', '203.0.113.999,zombie,trap,1795132800'],
    ['a negative count', 'ip,category,evidence,time,count', '203.0.113.9,zombie,trap,1795132800,-1'],
  ])('with %s is skipped', (_, head, row) => {
    expect(csv(head, row)).toMatchObject({ reports: [], skipped: [{ reason: 'row-malformed' }] });
  });

  it('has no head line when no column is a subject', () => {
    expect(readCsvHeader('when,what')).toBeUndefined();
  });
});

describe('a line of JSON', () => {
  it('is a report as a dry run prints it', () => {
    const report = {
      subject: { type: 'domain', value: 'shop.example.com' },
      category: 'spam-domain',
      evidence: 'filter',
      count: 3,
      firstSeen: '2026-11-19T00:00:00.000Z',
      lastSeen: '2026-11-20T00:00:00.000Z',
    };
    expect(readJsonLine(JSON.stringify(report), {}).reports).toEqual([report]);
  });

  it.each([
    'nonsense',
    '[]',
    'null',
    '{"ip":{"a":1},"time":1795132800,"category":"zombie","evidence":"trap"}',
  ])('is skipped when it is %s', (line) => {
    expect(readJsonLine(line, {})).toMatchObject({ reports: [], skipped: [{ reason: 'row-malformed' }] });
  });

  it('may be XARF', () => {
    expect(readJsonLine('{"xarf_version":"4.2.0"}', {}).skipped[0]?.reason).toBe('xarf-malformed');
  });
});
