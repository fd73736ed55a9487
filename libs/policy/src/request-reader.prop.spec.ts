import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { RequestMalformed, RequestReader, type PolicyRequest } from './request-reader.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (attributes: Readonly<Record<string, string>>) =>
  Object.entries({ request: 'smtpd_access_policy', ...attributes })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
function readAll(text: string, reader = new RequestReader()): PolicyRequest[] {
  const found: PolicyRequest[] = [];
  reader.push(bytesOf(text), (request) => found.push(request));
  return found;
}

describe('RequestReader', () => {
  it('reads what Postfix sends, and takes absent, empty and unknown for the same', () => {
    const [request] = readAll(
      `${textOf({
        protocol_state: 'RCPT',
        client_address: '2001:db8::9',
        client_name: 'unknown',
        sasl_username: '',
        client_port: '4711',
        instance: '1a.2b.3c.0',
        recipient_count: '3',
        a_new_attribute: 'x=y',
      })}\n`,
    );
    expect(request).toEqual({
      protocolState: 'RCPT',
      clientAddress: '2001:db8::9',
      clientName: undefined,
      clientPort: '4711',
      instance: '1a.2b.3c.0',
      recipientCount: 3,
      saslUsername: undefined,
    });
  });

  it.each([
    ['an empty request', '\n'],
    ['a line without =', 'request=smtpd_access_policy\nclient_address\n\n'],
    ['an attribute twice', `${textOf({})}client_address=1.2.3.4\nclient_address=1.2.3.5\n\n`],
    ['another request', 'request=junk\n\n'],
    ['no request', 'client_address=1.2.3.4\n\n'],
    ['a NUL', `${textOf({ helo_name: 'a\0b' })}\n`],
    ['an odd name', `${textOf({ 'a b': 'x' })}\n`],
    ['carriage returns', 'request=smtpd_access_policy\r\n\n'],
    ['HTTP', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['too many attributes', `${textOf({})}${'x=y\n'.repeat(256)}\n`],
    ['a request without end', 'x='.padEnd(70_000, 'y')],
    ['a long request', `${textOf({ helo_name: 'y'.repeat(70_000) })}\n`],
  ])('refuses %s', (_, text) => {
    expect(() => readAll(text)).toThrow(RequestMalformed);
  });

  const requests = fc.array(
    fc.record({
      client_address: fc.ipV4(),
      sender: fc.string({ unit: fc.constantFrom('a', 'é', '@', '=', '\t') }),
    }),
    { minLength: 1, maxLength: 5 },
  );

  it.prop([requests, fc.array(fc.nat(40))])(
    'gives the same requests however the bytes are cut',
    (given, cuts) => {
      const bytes = bytesOf(given.map((one) => `${textOf(one)}\n`).join(''));
      const reader = new RequestReader();
      const found: PolicyRequest[] = [];
      const take = (request: PolicyRequest) => found.push(request);
      let at = 0;
      for (const cut of cuts) {
        reader.push(bytes.subarray(at, at + cut), take);
        at += cut;
      }
      reader.push(bytes.subarray(at), take);
      expect(found.map(({ clientAddress }) => clientAddress)).toEqual(given.map((one) => one.client_address));
      expect(reader.pendingBytes).toBe(0);
    },
  );

  it.prop([fc.array(fc.uint8Array({ maxLength: 60 }))])(
    'throws nothing but RequestMalformed on any bytes',
    (chunks) => {
      const reader = new RequestReader();
      try {
        for (const chunk of chunks) reader.push(chunk, () => undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(RequestMalformed);
      }
    },
  );
});
