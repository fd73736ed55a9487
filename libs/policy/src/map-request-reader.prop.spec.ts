import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { MapRequestReader, mapReply } from './map-request-reader.js';
import { RequestMalformed, type PolicyRequest } from './request-reader.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const netstring = (text: string) => `${bytesOf(text).length}:${text},`;
function readAll(text: string): PolicyRequest[] {
  const found: PolicyRequest[] = [];
  new MapRequestReader().push(bytesOf(text), (request) => found.push(request));
  return found;
}

describe('MapRequestReader', () => {
  it('reads what Sendmail sends', () => {
    expect(readAll(netstring('sekisho 203.0.113.9/40000/0AT1Fs12/a/b@isp.example'))).toEqual([
      {
        protocolState: 'RCPT',
        clientAddress: '203.0.113.9',
        clientName: undefined,
        clientPort: '40000',
        instance: '0AT1Fs12',
        recipientCount: 0,
        saslUsername: 'a/b@isp.example',
      },
    ]);
  });

  it('takes the tag from an IPv6 address, and empty and missing for the same', () => {
    const [tagged, bare] = readAll(
      netstring('sekisho IPv6:2001:db8:0:0:0:0:0:9///') + netstring('sekisho 192.0.2.1'),
    );
    expect(tagged).toMatchObject({ clientAddress: '2001:db8:0:0:0:0:0:9', clientPort: undefined });
    expect(bare).toEqual({ ...tagged, clientAddress: '192.0.2.1' });
  });

  it.each([
    ['another protocol', 'request=smtpd_access_policy\n\n'],
    ['a length without end', '12345'],
    ['a long request', '9999:x'],
    ['another end than a comma', '9:sekisho x;'],
    ['no key', netstring('sekisho')],
    ['no map', netstring(' x')],
  ])('refuses %s', (_, text) => {
    expect(() => readAll(text)).toThrow(RequestMalformed);
  });

  const keys = fc.array(fc.string({ unit: fc.constantFrom('a', '/', ' ', ',', ':', '1', 'é') }), {
    maxLength: 5,
  });

  it.prop([keys, fc.integer({ min: 1, max: 9 })])('reads the same in any pieces', (many, size) => {
    const bytes = bytesOf(many.map((key) => netstring(`m ${key}`)).join(''));
    const reader = new MapRequestReader();
    const found: PolicyRequest[] = [];
    for (let at = 0; at < bytes.length; at += size)
      reader.push(bytes.subarray(at, at + size), (request) => found.push(request));
    expect(found).toEqual(many.flatMap((key) => readAll(netstring(`m ${key}`))));
    expect(found).toHaveLength(many.length);
  });

  it.prop([fc.uint8Array({ maxLength: 200 })])(
    'gives requests or RequestMalformed for any bytes',
    (bytes) => {
      try {
        new MapRequestReader().push(bytes, (request) => {
          expect(request.protocolState).toBe('RCPT');
        });
      } catch (error) {
        expect(error).toBeInstanceOf(RequestMalformed);
      }
    },
  );
});

describe('mapReply', () => {
  it('counts octets, and finds nothing where there is no opinion', () => {
    expect(mapReply('DUNNO')).toBe('9:NOTFOUND ,');
    expect(mapReply('REJECT 関所')).toBe('16:OK REJECT 関所,');
  });
});
