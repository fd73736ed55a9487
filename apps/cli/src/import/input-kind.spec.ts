import { describe, expect, it } from 'vitest';
import { kindOf, type ImportFormat } from './input-kind.js';

const kind = (format: ImportFormat, head: string) => kindOf(format, Buffer.from(head));

describe('kindOf', () => {
  it.each([
    ['From a@b Fri Nov 20 10:10:00 2026\nTo: x\n', { container: 'mailbox', format: 'auto' }],
    ['Received: from x by y\n', { container: 'message', format: 'auto' }],
    ['Subject: ip, time\n', { container: 'message', format: 'auto' }],
    ['{"ip":"203.0.113.9"}\n{"ip":', { container: 'jsonl' }],
    ['{\n  "xarf_version": "4.2.0"', { container: 'xarf' }],
    ['<?xml version="1.0"?>\n<feedback>', { container: 'xml' }],
    ['ip,time\n203.0.113.9,1\n', { container: 'csv' }],
    ['Nov 20 10:00:00 mx postfix/smtpd[9]: x\n', { container: 'maillog' }],
    ['2026-11-20T10:00:00+09:00 mx postfix/smtpd[9]: x\n', { container: 'maillog' }],
    ['2026-11-20 10:00:00 H=[203.0.113.9] rejected\n', { container: 'maillog' }],
    ['PK\u0003\u0004', { container: 'archive' }],
  ] as const)('sees what begins with %j', (head, expected) => {
    expect(kind('auto', head)).toEqual(expected);
  });

  it('does as it is told, but for a mailbox of such messages', () => {
    expect(kind('arf', 'From a@b Fri Nov 20 10:10:00 2026\n')).toEqual({
      container: 'mailbox',
      format: 'arf',
    });
    expect(kind('maildir', '{"ip":"203.0.113.9"}')).toEqual({ container: 'message', format: 'auto' });
    expect(kind('maillog', 'ip,time\n')).toEqual({ container: 'maillog' });
  });
});
