import { describe, expect, it } from 'vitest';
import { changeMessage } from './change-message.js';

const message = {
  zone: 'ip',
  from: 4,
  to: 6,
  announce: [['203.0.113.9', ['127.0.91.4', '127.0.91.3', '127.0.91.4']]],
  withdraw: ['2001:db8::/48', 'example.com'],
};

describe('a change message', () => {
  it('becomes a delta with canonical subjects and sorted codes', () => {
    expect(changeMessage.parse(message)).toEqual({
      zone: 'ip',
      from: 4,
      to: 6,
      announce: [{ subject: { type: 'ip', value: '203.0.113.9' }, codes: [0x7f005b03, 0x7f005b04] }],
      withdraw: [
        { type: 'network', value: '2001:db8::/48' },
        { type: 'domain', value: 'example.com' },
      ],
    });
  });

  it.each([
    ['an unknown zone', { zone: 'nosuch' }],
    ['a serial that stands still', { to: 4 }],
    ['a serial that is no integer', { from: 1.5 }],
    ['a subject that is none', { withdraw: ['300.1.1.1'] }],
    ['an error answer as a code', { announce: [['203.0.113.9', ['127.255.255.252']]] }],
    ['an entry without codes', { announce: [['203.0.113.9', []]] }],
    ['no lists', { announce: undefined }],
  ])('is refused with %s', (_, fault) => {
    expect(changeMessage.safeParse({ ...message, ...fault }).success).toBe(false);
  });
});
