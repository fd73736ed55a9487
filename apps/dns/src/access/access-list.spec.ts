import { describe, expect, it } from 'vitest';
import { readAccessList } from './access-list.js';

const digest = 'A'.repeat(43);

describe('an access list', () => {
  it('is read, and what else a hub may say in it is left out', () => {
    const list = { version: '7', members: [{ member: 'isp-a', digest, more: 1 }], more: 2 };
    expect(readAccessList(list)).toEqual({ version: '7', members: [{ member: 'isp-a', digest }] });
  });

  it.each([
    null,
    'text',
    [],
    { members: [] },
    { version: '', members: [] },
    { version: 'v'.repeat(101), members: [] },
    { version: 1, members: [] },
    { version: '1' },
    { version: '1', members: [null] },
    { version: '1', members: [{ member: 'isp-a' }] },
    { version: '1', members: [{ digest }] },
    { version: '1', members: [{ member: 'isp-a', digest: `${digest}A` }] },
    { version: '1', members: [{ member: 'isp-a', digest: `${digest.slice(1)}=` }] },
  ])('is refused when it is %j', (message) => {
    expect(() => readAccessList(message)).toThrow(SyntaxError);
  });
});
