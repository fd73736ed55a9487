import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { readByteLines } from './byte-lines.js';
import { readMailbox } from './mailbox.js';

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer, void, undefined> {
  let at = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    await Promise.resolve();
    yield bytes.subarray(at, Math.max(at, cut));
    at = Math.max(at, cut);
  }
  yield bytes.subarray(at);
}

const text = fc.stringMatching(/^(?:[ab\r]{0,5}\n|From x 10:10\n){0,12}[ab]{0,4}$/);
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 6 });

describe('readByteLines', () => {
  it.prop([text, cuts])('cuts at line feeds wherever the chunks are cut', async (written, at) => {
    const lines: string[] = [];
    let end = 0;
    for await (const line of readByteLines(inPieces(Buffer.from(written), at), { limitBytes: 100 })) {
      lines.push(line.bytes.toString() + (line.isEnded ? '\n' : ''));
      end = line.end;
      expect(lines.join('')).toBe(written.slice(0, end));
    }
    expect(end).toBe(written.length);
  });

  it('keeps no more of a line than it is told to, and says so', async () => {
    const lines = [];
    const bytes = Buffer.from(`${'x'.repeat(50)}\ny\n`);
    for await (const line of readByteLines(inPieces(bytes, [20, 40]), { limitBytes: 10 })) lines.push(line);
    expect(lines.map((line) => [line.bytes.toString(), line.isCut, line.end])).toEqual([
      ['xxxxxxxxxx', true, 51],
      ['y', false, 53],
    ]);
  });
});

describe('readMailbox', () => {
  it.prop([text, cuts])('loses nothing between its messages', async (written, at) => {
    const body = written.replace(/^\r?\n(?:\r?\n)*/, '');
    let whole = '';
    let last = 0;
    for await (const { bytes, end } of readMailbox(inPieces(Buffer.from(written), at))) {
      whole += bytes.toString();
      last = end;
    }
    expect(whole.replace(/\n$/, '')).toBe(body.replace(/\n$/, ''));
    expect(last).toBe(whole === '' ? 0 : written.length);
  });
});
