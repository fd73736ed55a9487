import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';

const lines = (text: string) => text.replace('\uFEFF', '').split('\r\n');

describe('CSV', () => {
  it('quotes what would end a cell, and keeps numbers as they are', () => {
    expect(lines(toCsv(['a', 'b'], [['x,"y"\n', -1]]))).toEqual(['a,b', '"x,""y""\n",-1', '']);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('runs no formula: %s', (text) => {
    expect(lines(toCsv(['a'], [[text]]))[1]).toBe(`'${text}`);
  });

  it('says its encoding, without which Excel garbles Japanese', () => {
    expect(toCsv(['件名'], [])).toBe('\uFEFF件名\r\n');
  });
});
