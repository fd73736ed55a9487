import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { MilterMalformed, milterPacket, MilterReader, milterStrings, negotiate } from './milter.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const offer = (version: number, actions: number, protocol: number) => {
  const data = Buffer.alloc(12);
  for (const [i, value] of [version, actions, protocol].entries()) data.writeUInt32BE(value, i * 4);
  return data;
};

describe('milter', () => {
  it('asks for no more than a server offers', () => {
    const { reply, awaits } = negotiate(offer(6, 0x1ff, 0x1f_ffff));
    expect(hex(reply)).toBe(`0000000d4f0000000600000000000c438b`);
    expect(['L', 'M', 'N', 'B', 'D', 'A', 'Q', 'E'].filter(awaits)).toEqual(['E']);
    const old = negotiate(offer(2, 0x3f, 0x7f));
    expect(hex(old.reply)).toBe(`0000000d4f00000002000000000000000b`);
    expect(['L', 'M', 'N', 'B', 'E'].filter(old.awaits)).toEqual(['L', 'M', 'N', 'B', 'E']);
    expect(() => negotiate(new Uint8Array(11))).toThrow(MilterMalformed);
  });

  it('refuses packets that are empty or too long', () => {
    for (const head of [
      [0, 0, 0, 0, 0],
      [0xff, 0, 0, 0, 0],
    ])
      expect(() => [...new MilterReader().push(Uint8Array.from(head))]).toThrow(MilterMalformed);
  });

  it('reads names and values', () => {
    expect(milterStrings(Buffer.from('Subject\0 hello\0'))).toEqual(['Subject', ' hello']);
    // What stands behind the last NUL is no string.
    expect(milterStrings(Buffer.from('a\0\0b'))).toEqual(['a', '']);
  });

  it.prop([fc.uint8Array({ min: 1, maxLength: 20_000 })])('keeps every octet of a value', (value) => {
    const [text = ''] = milterStrings(Buffer.from([...value, 0]));
    expect(Buffer.from(text, 'latin1').equals(value)).toBe(true);
  });

  it.prop([
    fc.array(fc.record({ command: fc.constantFrom('L', 'B', 'E'), data: fc.uint8Array({ maxLength: 50 }) })),
    fc.integer({ min: 1, max: 11 }),
  ])('reads the same packets in any pieces', (packets, size) => {
    const bytes = Buffer.concat(packets.map(({ command, data }) => milterPacket(command, data)));
    const reader = new MilterReader();
    const found: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)));
    expect(found).toEqual(packets);
  });
});
