import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './query.js';
import {
  algorithmName,
  appendTsig,
  readTsig,
  tsigAlgorithmOf,
  tsigVariables,
  withoutTsig,
  type Tsig,
} from './tsig.js';
import { nameOfText } from './name.js';

// A query that dig 9.18 signed with the key 00 01 02 … 1f named hub-sec1.example.
const UNSIGNED = Buffer.from('77c600200001000000000000037265700368756204746573740000060001', 'hex');
const VARIABLES =
  '086875622d73656331076578616d706c650000ff000000000b686d61632d7368613235360000006b0542fb012c00000000';
const MAC = '96ab0428e5729dd657d992a004a782c82ec73e2bdd55bf657e810b09ab4e0e10';
const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const TSIG: Tsig = {
  keyName: nameOfText('hub-sec1.example') ?? new Uint8Array(),
  algorithm: algorithmName('hmac-sha256'),
  timeSigned: 0x6b0542fb,
  fudgeSeconds: 300,
  mac: Buffer.from(MAC, 'hex'),
  originalId: 0x77c6,
  error: 0,
  other: new Uint8Array(),
};

describe('a TSIG', () => {
  it('covers what dig covers', () => {
    expect(Buffer.from(tsigVariables(TSIG)).toString('hex')).toBe(VARIABLES);
    const mac = createHmac('sha256', KEY).update(UNSIGNED).update(tsigVariables(TSIG)).digest('hex');
    expect(mac).toBe(MAC);
  });

  it('is read back from a message and leaves the message as it was signed', () => {
    // In the middle of a pool, as it comes from a socket.
    const pool = Buffer.concat([Buffer.alloc(7), appendTsig(UNSIGNED, TSIG), Buffer.alloc(3)]);
    const signed = pool.subarray(7, -3);
    const tsig = parseQuery(signed)?.tsig;
    expect(tsig).toMatchObject({ ...TSIG, mac: Uint8Array.from(TSIG.mac) });
    if (!tsig) throw new Error('no TSIG');
    expect(Buffer.from(withoutTsig(signed, tsig)).equals(UNSIGNED)).toBe(true);
    expect(tsigAlgorithmOf(tsig.algorithm)).toBe('hmac-sha256');
  });

  it('gives FORMERR when it is cut, twice or followed by another record', () => {
    const signed = appendTsig(UNSIGNED, TSIG);
    expect(parseQuery(appendTsig(signed, TSIG))?.rcode).toBe(1);
    expect(parseQuery(signed.subarray(0, -1))?.rcode).toBe(1);
    const longer = Uint8Array.from([...signed, 0]);
    expect(readTsig(longer, UNSIGNED.length)).toBeUndefined();
    const wrongClass = Uint8Array.from(signed);
    wrongClass[UNSIGNED.length + TSIG.keyName.length + 3] = 1;
    expect(parseQuery(wrongClass)?.rcode).toBe(1);
  });

  it('never has an algorithm that is not to be used', () => {
    expect(tsigAlgorithmOf(nameOfText('hmac-md5.sig-alg.reg.int') ?? new Uint8Array())).toBeUndefined();
  });
});
