import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { ZONE_NAMES, ZoneIndex } from '@sekisho/zone';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from './answer.js';
import { createServerState, type Transport } from './server-state.js';

// Nothing is listed: whatever comes back as a listing, except for the test entries, is invented.
const state = createServerState({
  apex: 'z.example',
  listenHost: '::',
  publicUrl: 'https://hub.example',
  zones: new Map(ZONE_NAMES.map((zone) => [zone, ZoneIndex.from({ zone, serial: 1, entries: [] })])),
  isAllowed: () => true,
  count: () => undefined,
});

const label = fc.oneof(
  fc.nat(300).map(String),
  fc.constantFrom('ip', 'high', 'policy', 'domain', 'hash', 'score', 'test', 'invalid', 'nosuch', 'ns1', 'f'),
  fc.stringMatching(/^[a-z0-9-]{1,63}$/),
);
const name = fc
  .array(label, { maxLength: 12 })
  .map((labels) => [...labels, 'z.example'].join('.').slice(-250));
const transport = fc.constantFrom<Transport>('udp', 'tcp');
const packet = name
  .filter((text) => !text.startsWith('.'))
  .chain((text) => {
    const message = encodeQuery({ id: 7, name: text, type: TYPE.A });
    return fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 3 }).map((changes) => {
      for (const [place, value] of changes) message[place] = value;
      return message;
    });
  });

function check(message: Uint8Array, by: Transport): void {
  const bytes = answer(message, state, by, '192.0.2.1');
  const isAnswerable = message.length >= 12 && ((message[2] ?? 0) & 0x80) === 0;
  expect(bytes !== undefined).toBe(isAnswerable);
  if (!bytes) return;
  if (by === 'udp') expect(bytes.length).toBeLessThanOrEqual(1232);
  const response = decodeResponse(bytes);
  expect(response?.id).toBe(((message[0] ?? 0) << 8) | (message[1] ?? 0));
  for (const { value, name: owner } of response?.answers ?? []) {
    if (value.kind !== 'A' || /^ns1\./i.test(owner)) continue;
    const isTest = /^(?:test|\d+\.0\.0\.127)\.[a-z.]+z\.example$/i.test(owner);
    if (!isTest) expect(value.address).toBe('127.255.255.252');
  }
}

describe('answer', () => {
  it('is never a listing for a name that is not listed, whatever the query, and never to a response', () => {
    fc.assert(fc.property(packet, transport, check), { numRuns: 3000 });
  });

  it('survives random packets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), transport, check), { numRuns: 2000 });
  });
});
