import { describe, expect, it } from 'vitest';
import type { CliContext } from '../context.js';
import { readPersons } from './subscriber-input.js';

const read = (text: string) =>
  readPersons('-', {
    stdin: (async function* () {
      await Promise.resolve();
      yield text;
    })(),
  } as unknown as CliContext);

describe('persons', () => {
  it('are the same from JSON lines and from CSV, with a quoted comma and a byte order mark', async () => {
    const json =
      '{"ref":"A-1","phone":"090-1111-2222","name":"山田, 太郎","birthDate":"1980-04-01","payer":"card:4111 1111 1111 1111"}\n';
    const csv =
      '\uFEFFref,phone,name,birthDate,email,payer\r\nA-1,090-1111-2222,"山田, 太郎",1980-04-01,,card:4111 1111 1111 1111\r\n';
    const [one] = await read(json);
    expect(one?.identifiers.map(({ type }) => type)).toEqual(['phone', 'name-birth', 'payer']);
    expect(await read(csv)).toEqual([one]);
  });

  it('that are wrong are told line by line, all at once, and never repeated', async () => {
    const refused = read(
      'ref,phone,payer\nA-1,090-1111-2222,\nA-2,12,\nA-3,,card:4111111111111112\nA-4,,visa:1\n',
    );
    const { message, others } = await refused.then(
      () => {
        throw new Error('accepted');
      },
      (error: unknown) => error as { message: string; others: string[] },
    );
    const told = [message, ...others];
    expect(told.map((line) => line.slice(0, 7))).toEqual(['line 3:', 'line 4:', 'line 5:']);
    expect(told.join()).not.toMatch(/4111111111111112|visa/);
  });

  it.each([
    ['an unknown column', 'ref,fax\nA-1,1\n'],
    ['a name without its birth date', '{"name":"山田太郎"}\n'],
    ['a row with too many fields', 'ref,phone\nA-1,090-1111-2222,x\n'],
    ['something that is not JSON', '{"phone":\n'],
  ])('with %s are refused', async (_what, text) => {
    await expect(read(text)).rejects.toThrow(/^line \d+: /);
  });
});
