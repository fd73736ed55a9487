import { describe, expect, it } from 'vitest';
import { decodeResponse, encodeQuery } from './client.js';
import { nameOfText, readName, textOfName } from './name.js';
import { parseQuery, type Query } from './query.js';
import { addressRecord, minimalAnyRecord, nameServerRecord, soaRecord, textRecord } from './record.js';
import { RCODE, TYPE } from './registry.js';
import { emptyReply, encodeResponse, failureOf, QUESTION_NAME } from './response.js';

const limits = { maxBytes: 1232, udpSize: 1232 };
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const HEADER = '1234 0100 0001 0000 0000 0000';
const QUESTION = '03 416263 07 6578616d706c65 00 0001 0001';
const OPT = '00 0029 04d0 00000000 0000';

function parsed(message: Uint8Array): Query {
  const query = parseQuery(message);
  if (!query) throw new Error('dropped');
  return query;
}

describe('queries', () => {
  it('reads header, question and OPT, and keeps the case of the name', () => {
    const query = parsed(
      hex(`1234 0100 0001 0000 0000 0001 ${QUESTION} 00 0029 1000 00008000 0008 000a 0004 01020304`),
    );
    expect(query).toMatchObject({
      header: { id: 0x1234, opcode: 0, isRecursionDesired: true },
      rcode: RCODE.NOERROR,
    });
    expect(textOfName(query.question?.name ?? new Uint8Array())).toBe('Abc.example');
    expect(query.edns).toMatchObject({
      version: 0,
      udpSize: 4096,
      isDnssecOk: true,
      options: [{ code: 10 }],
    });
  });

  it.each([
    ['shorter than a header', '1234 0100 0001 0000 0000'],
    ['a response', `1234 8100 0001 0000 0000 0000 ${QUESTION}`],
    ['empty', ''],
  ])('drops what is %s', (_, message) => {
    expect(parseQuery(hex(message))).toBeUndefined();
  });

  it.each([
    ['no question', '1234 0100 0000 0000 0000 0000', RCODE.FORMERR],
    ['two questions', `1234 0100 0002 0000 0000 0000 ${QUESTION} ${QUESTION}`, RCODE.FORMERR],
    ['a question that is cut off', `${HEADER} 03 4162`, RCODE.FORMERR],
    ['a pointer to itself', `${HEADER} c00c 0001 0001`, RCODE.FORMERR],
    ['a pointer forwards', `${HEADER} c020 0001 0001`, RCODE.FORMERR],
    ['a label of type 01', `${HEADER} 41 00 0001 0001`, RCODE.FORMERR],
    ['a name over 255 octets', `${HEADER} ${'3f'.padEnd(128, '61').repeat(4)} 00 0001 0001`, RCODE.FORMERR],
    ['two OPT', `1234 0100 0001 0000 0000 0002 ${QUESTION} ${OPT} ${OPT}`, RCODE.FORMERR],
    [
      'an OPT whose option is cut off',
      `1234 0100 0001 0000 0000 0001 ${QUESTION} 00 0029 04d0 00000000 0004 000a 0009`,
      RCODE.FORMERR,
    ],
    ['an OPT in the answer section', `1234 0100 0001 0001 0000 0000 ${QUESTION} ${OPT}`, RCODE.FORMERR],
    ['a record count that lies', `1234 0100 0001 0000 0000 0001 ${QUESTION}`, RCODE.FORMERR],
    ['EDNS version 1', `1234 0100 0001 0000 0000 0001 ${QUESTION} 00 0029 04d0 00010000 0000`, RCODE.BADVERS],
    ['opcode 5', `1234 2900 0001 0000 0000 0000 ${QUESTION}`, RCODE.NOTIMP],
    ['NOTIFY without a readable body', '1234 2000 0001 0000 0000 0000 ff', RCODE.NOTIMP],
  ])('names the fault of %s', (_, message, rcode) => {
    expect(parsed(hex(message)).rcode).toBe(rcode);
  });

  it('answers a malformed OPT with an OPT', () => {
    const query = parsed(
      hex(`1234 0100 0001 0000 0000 0001 ${QUESTION} 00 0029 04d0 00000000 0004 000a 0009`),
    );
    expect(decodeResponse(encodeResponse(query, emptyReply(query.rcode), limits))?.edns?.version).toBe(0);
  });

  it('follows a pointer that leads backwards', () => {
    const message = hex('03 616263 00 01 78 c000');
    expect(textOfName(readName(message, 5)?.name ?? new Uint8Array())).toBe('x.abc');
    expect(readName(message, 5)?.end).toBe(9);
  });
});

describe('answers', () => {
  const name = '2.0.0.127.ip.example';
  const edns = { version: 0, udpSize: 4096, isDnssecOk: false, options: [] };
  const query = parsed(encodeQuery({ id: 7, name, type: TYPE.A, isRecursionDesired: true, edns }));

  it('carry ID, opcode, RD and question, AA and the records', () => {
    const host = nameOfText('ns1.example') ?? new Uint8Array();
    const soa = {
      mname: host,
      rname: host,
      serial: 4_294_967_295,
      refreshSeconds: 1,
      retrySeconds: 2,
      expireSeconds: 3,
    };
    const reply = {
      rcode: RCODE.NOERROR,
      isAuthoritative: true,
      answers: [
        addressRecord(QUESTION_NAME, 60, 0x7f005b03),
        textRecord(QUESTION_NAME, 60, 'zombie, score 91'),
        nameServerRecord(QUESTION_NAME, 60, host),
        minimalAnyRecord(QUESTION_NAME, 60),
      ],
      authority: [soaRecord(host, 60, { ...soa, minimumSeconds: 60 })],
    };
    expect(decodeResponse(encodeResponse(query, reply, limits))).toMatchObject({
      id: 7,
      isAuthoritative: true,
      isTruncated: false,
      isRecursionDesired: true,
      isRecursionAvailable: false,
      rcode: RCODE.NOERROR,
      question: query.question,
      answers: [
        { name, type: TYPE.A, ttlSeconds: 60, value: { kind: 'A', address: '127.0.91.3' } },
        { name, value: { kind: 'TXT', text: 'zombie, score 91' } },
        { name, value: { kind: 'NS', host: 'ns1.example' } },
        { name, type: TYPE.HINFO, value: { content: hex('07 52464338343832 00') } },
      ],
      authority: [{ name: 'ns1.example', value: { kind: 'SOA', serial: 4_294_967_295, minimumSeconds: 60 } }],
      edns: { version: 0, udpSize: 1232 },
    });
  });

  it('split a long text into character-strings', () => {
    const text = 'é'.repeat(400);
    const reply = { ...emptyReply(0), answers: [textRecord(QUESTION_NAME, 60, text)] };
    expect(decodeResponse(encodeResponse(query, reply, limits))?.answers[0]?.value).toEqual({
      kind: 'TXT',
      text,
    });
  });

  it('set TC and keep only question and OPT when the records do not fit', () => {
    const answers = Array.from({ length: 40 }, (_, i) => addressRecord(QUESTION_NAME, 60, i));
    const small = encodeResponse(query, { ...emptyReply(0), answers }, { maxBytes: 512, udpSize: 1232 });
    expect(small.length).toBeLessThan(512);
    expect(decodeResponse(small)).toMatchObject({ isTruncated: true, answers: [], question: query.question });
    expect(decodeResponse(small)?.edns).toBeDefined();
    const fits = encodeResponse(query, { ...emptyReply(0), answers }, { maxBytes: 1232, udpSize: 1232 });
    expect(decodeResponse(fits)).toMatchObject({ isTruncated: false });
  });

  it('carry an extended code in the OPT and none without one', () => {
    expect(decodeResponse(encodeResponse(query, emptyReply(RCODE.BADVERS), limits))?.rcode).toBe(
      RCODE.BADVERS,
    );
    const bare = parsed(encodeQuery({ id: 7, name, type: TYPE.A }));
    expect(decodeResponse(encodeResponse(bare, emptyReply(0), limits))?.edns).toBeUndefined();
  });

  it('fail from the header alone, and never to a response', () => {
    const failure = failureOf(encodeQuery({ id: 7, name, type: TYPE.A, isRecursionDesired: true }));
    expect(decodeResponse(failure ?? new Uint8Array())).toMatchObject({
      id: 7,
      rcode: 2,
      isRecursionDesired: true,
    });
    expect(failureOf(hex(`1234 8100 0001 0000 0000 0000 ${QUESTION}`))).toBeUndefined();
    expect(failureOf(new Uint8Array(11))).toBeUndefined();
  });
});

describe('names', () => {
  it('are refused as text when a label is empty or over 63, or the whole over 253', () => {
    for (const text of ['a..b', `${'a'.repeat(64)}.b`, `${'a'.repeat(63)}.`.repeat(4), 'a b']) {
      expect(nameOfText(text)).toBeUndefined();
    }
    expect(() => encodeQuery({ id: 1, name: 'a..b', type: 1 })).toThrow(RangeError);
  });

  it('show odd octets escaped', () => {
    expect(textOfName(hex('03 2e5c00 01 61 00'))).toBe('\\.\\\\\\000.a');
    expect(textOfName(hex('00'))).toBe('.');
  });
});
