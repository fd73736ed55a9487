import { algorithmName, appendTsig, encodeQuery, nameOfText } from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES, ZoneIndex } from '@sekisho/zone';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieJar } from '../access/cookie-jar.js';
import { MemberAccess } from '../access/member-access.js';
import { createServerState } from '../answer/server-state.js';
import { TransferServer } from './transfer-server.js';
import { TsigKeys } from './tsig-keys.js';

const state = createServerState({
  apex: 'z.example',
  listenHost: '::',
  publicUrl: 'https://hub.example',
  zones: new Map(ZONE_NAMES.map((zone) => [zone, ZoneIndex.from({ zone, serial: 1, entries: [] })])),
  isAllowed: () => true,
  count: () => undefined,
  members: new MemberAccess(undefined),
  cookies: new CookieJar([new Uint8Array(16)]),
  tsigKeys: new TsigKeys([{ name: 'k', algorithm: 'hmac-sha256', secret: new Uint8Array(32) }], () => 0),
});
const server = new TransferServer(state, undefined, { info: () => undefined } as unknown as Logger);

const base = fc
  .record({
    type: fc.constantFrom(1, 6, 16, 251, 252, 255),
    front: fc.constantFrom('', '2.0.0.127.', '1.2.3.4.abcdefghijklmnopqrstuvwxyz.', 'x.'),
    zone: fc.constantFrom('ip.z.example', 'z.example', 'domain.z.example', 'example'),
    cookie: fc.uint8Array({ maxLength: 42 }),
    isSigned: fc.boolean(),
    mac: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ type, front, zone, cookie, isSigned, mac }) => {
    const options = cookie.length > 0 ? [{ code: 10, value: cookie }] : [];
    const edns = { version: 0, udpSize: 1_232, isDnssecOk: false, options };
    const query = encodeQuery({ id: 7, name: `${front}${zone}`, type, edns });
    if (!isSigned) return query;
    return appendTsig(query, {
      ...{ keyName: nameOfText('k') ?? query, algorithm: algorithmName('hmac-sha256'), mac },
      ...{ timeSigned: 0, fudgeSeconds: 300, originalId: 7, error: 0, other: new Uint8Array() },
    });
  });
const packet = base.chain((message) =>
  fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 3 }).map((changes) => {
    const changed = Uint8Array.from(message);
    for (const [place, value] of changes) changed[place] = value;
    return changed;
  }),
);

describe('what comes by stream', () => {
  it('is answered, never transferred to who may not, and never answered when it is an answer', () => {
    fc.assert(
      fc.property(packet, (message) => {
        const answer = server.respond(message, 'tcp', '192.0.2.1');
        const isAnswerable = ((message[2] ?? 0) & 0x80) === 0;
        expect(answer instanceof Uint8Array).toBe(isAnswerable);
      }),
      { numRuns: 3_000 },
    );
  });
});
