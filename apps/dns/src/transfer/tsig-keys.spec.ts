// RFC 8945 section 5.2: key, signature, time, truncation, in this order.
import { algorithmName, appendTsig, encodeQuery, nameOfText, parseQuery, type Tsig } from '@sekisho/dns-wire';
import { createHmac } from 'node:crypto';
import { chainedMac, tsigTimers, tsigVariables, withoutTsig, type ReceivedTsig } from '@sekisho/dns-wire';
import { describe, expect, it } from 'vitest';
import { TsigKeys, type Judged } from './tsig-keys.js';

const NOW = 1_800_000_000;
const SECRET = Buffer.alloc(32, 7);
const keys = new TsigKeys([{ name: 'secondary', algorithm: 'hmac-sha256', secret: SECRET }], () => NOW);
const QUERY = encodeQuery({ id: 77, name: 'ip.z.example', type: 252 });
const NONE = new Uint8Array(0);

const hash = (...parts: Uint8Array[]) => {
  const hmac = createHmac('sha256', SECRET);
  for (const part of parts) hmac.update(part);
  return Uint8Array.from(hmac.digest());
};

function request(change: Partial<Tsig> = {}, keep = 32): { message: Uint8Array; tsig: ReceivedTsig } {
  const tsig: Tsig = {
    keyName: nameOfText('secondary') ?? NONE,
    algorithm: algorithmName('hmac-sha256'),
    timeSigned: NOW,
    fudgeSeconds: 300,
    mac: NONE,
    originalId: 77,
    error: 0,
    other: NONE,
    ...change,
  };
  const mac = change.mac ?? hash(QUERY, tsigVariables(tsig)).subarray(0, keep);
  const message = appendTsig(QUERY, { ...tsig, mac });
  const received = parseQuery(message)?.tsig;
  if (!received) throw new Error('no TSIG');
  return { message, tsig: received };
}

const judge = (change: Partial<Tsig> = {}, keep = 32): Judged => {
  const { message, tsig } = request(change, keep);
  return keys.judge(message, tsig);
};
const errorOf = (judged: Judged) => (judged.kind === 'refused' ? judged.error : judged.kind);

describe('the keys of secondaries', () => {
  it.each([
    ['a good signature', {}, 32, 'authentic'],
    ['a key name in capitals', { keyName: nameOfText('SECONDARY') ?? NONE }, 32, 'authentic'],
    ['an unknown key', { keyName: nameOfText('nobody') ?? NONE }, 32, 17],
    ['another algorithm than that of the key', { algorithm: algorithmName('hmac-sha512') }, 32, 17],
    ['a wrong signature', { mac: new Uint8Array(32) }, 32, 16],
    ['a wrong signature at a wrong time', { mac: new Uint8Array(32), timeSigned: 1 }, 32, 16],
    ['a clock 300 seconds behind', { timeSigned: NOW - 300 }, 32, 'authentic'],
    ['a clock 301 seconds behind', { timeSigned: NOW - 301 }, 32, 18],
    ['a clock 301 seconds ahead', { timeSigned: NOW + 301 }, 32, 18],
    ['a good signature cut to its half', {}, 16, 22],
    ['a signature that is too short', {}, 15, 'malformed'],
    ['a signature that is too long', { mac: new Uint8Array(33) }, 33, 'malformed'],
  ])('%s', (_, change, keep, outcome) => {
    // Capitals are hashed in lower case.
    const lower = 'keyName' in change && change.keyName[1] === 0x53 ? {} : change;
    expect(errorOf(judge(lower, keep))).toBe(outcome);
  });

  it('sign every message of a stream, each over the one before', () => {
    const { message, tsig } = request();
    const judged = keys.judge(message, tsig);
    if (judged.kind !== 'authentic') throw new Error(judged.kind);
    let prior = tsig.mac;
    for (const [i, id] of [77, 77, 77].entries()) {
      const plain = Uint8Array.of(0, id, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      const signed = judged.signer.sign(plain);
      expect(signed.length - plain.length).toBe(judged.signer.bytes);
      const found = parseQuery(Uint8Array.from(signed, (octet, at) => (at === 2 ? 0 : at === 5 ? 0 : octet)));
      // Not a query: its TSIG is read from where the message ended.
      expect(found).toBeDefined();
      const mac = signed.subarray(signed.length - 6 - 32, signed.length - 6);
      const sent: Tsig = { ...tsig, timeSigned: NOW, mac: NONE };
      const rest = i === 0 ? tsigVariables(sent) : tsigTimers(sent);
      expect(Uint8Array.from(mac)).toEqual(hash(chainedMac(prior), plain, rest));
      prior = Uint8Array.from(mac);
    }
  });

  it('tell a client with a wrong clock the time, signed, and one with a wrong key nothing', () => {
    const late = judge({ timeSigned: NOW - 1_000 });
    if (late.kind !== 'refused') throw new Error(late.kind);
    const plain = Uint8Array.of(0, 77, 0x80, 9, 0, 0, 0, 0, 0, 0, 0, 0);
    const signed = late.signer.sign(plain);
    const other = new DataView(signed.buffer).getUint32(signed.length - 4);
    expect(other).toBe(NOW);
    const unknown = judge({ mac: new Uint8Array(32) });
    if (unknown.kind !== 'refused') throw new Error(unknown.kind);
    const answer = unknown.signer.sign(plain);
    // Ends in: MAC size 0, original ID, error, no other data.
    expect([...answer.subarray(-8)]).toEqual([0, 0, 0, 77, 0, 16, 0, 0]);
  });

  it('cover the message as it was before the signature', () => {
    const { message, tsig } = request();
    expect(withoutTsig(message, tsig)).toEqual(QUERY);
  });
});
