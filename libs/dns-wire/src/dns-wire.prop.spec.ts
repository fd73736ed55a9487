import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeResponse, encodeQuery } from './client.js';
import { nameOfText, textOfName } from './name.js';
import { parseQuery } from './query.js';
import { addressRecord, textRecord, type ResourceRecord } from './record.js';
import { RCODE, TYPE } from './registry.js';
import { encodeResponse, failureOf, QUESTION_NAME } from './response.js';

const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
const uint16 = fc.nat(0xffff);
const edns = fc.record({
  version: fc.constant(0),
  udpSize: fc.integer({ min: 512, max: 0xffff }),
  isDnssecOk: fc.boolean(),
  options: fc.array(fc.record({ code: uint16, value: fc.uint8Array({ maxLength: 20 }) }), { maxLength: 3 }),
});
const query = fc.record(
  { id: uint16, name, type: uint16, class: uint16, isRecursionDesired: fc.boolean(), edns },
  { requiredKeys: ['id', 'name', 'type', 'class', 'isRecursionDesired'] },
);
const record = fc.oneof(
  fc.nat(0xffff_ffff).map((address) => addressRecord(QUESTION_NAME, 60, address)),
  fc.string({ maxLength: 300, unit: 'grapheme' }).map((text) => textRecord(QUESTION_NAME, 60, text)),
  name.map((owner) => addressRecord(nameOfText(owner) ?? new Uint8Array(1), 60, 1)),
);
const mutated = (message: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const copy = message.slice();
      for (const [place, value] of changes) copy[place] = value;
      return copy;
    });

function ask(options: Parameters<typeof encodeQuery>[0]) {
  const parsed = parseQuery(encodeQuery(options));
  if (!parsed) throw new Error('a query was dropped');
  return parsed;
}

describe('the wire format', () => {
  it('reads back every query that it builds', () => {
    fc.assert(
      fc.property(query, (options) => {
        const parsed = ask(options);
        expect(parsed.header).toEqual({
          id: options.id,
          opcode: 0,
          isRecursionDesired: options.isRecursionDesired,
        });
        expect(parsed.rcode).toBe(RCODE.NOERROR);
        expect(textOfName(parsed.question?.name ?? new Uint8Array())).toBe(options.name);
        expect(parsed.question).toMatchObject({ type: options.type, class: options.class });
        expect(parsed.edns).toEqual(options.edns);
      }),
    );
  });

  it('reads back every answer that it builds, never over the limit', () => {
    const reply = fc.record({
      rcode: fc.nat(15),
      isAuthoritative: fc.boolean(),
      answers: fc.array(record, { maxLength: 8 }),
      authority: fc.array(record, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(query, reply, fc.integer({ min: 512, max: 4096 }), (options, records, maxBytes) => {
        const asked = ask(options);
        const bytes = encodeResponse(asked, records, { maxBytes, udpSize: 1232 });
        expect(bytes.length).toBeLessThanOrEqual(maxBytes);
        const answer = decodeResponse(bytes);
        expect(answer).toMatchObject({ id: options.id, rcode: records.rcode, question: asked.question });
        expect(answer?.answers.length).toBe(answer?.isTruncated ? 0 : records.answers.length);
        expect(answer?.authority.map(({ type }) => type)).toEqual(
          answer?.isTruncated ? [] : records.authority.map(({ type }: ResourceRecord) => type),
        );
        expect(answer?.edns === undefined).toBe(options.edns === undefined);
      }),
    );
  });

  it('never throws over random bytes, and drops every response', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const parsed = parseQuery(bytes);
        if (bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0) {
          expect(parsed).toBeUndefined();
          expect(failureOf(bytes)).toBeUndefined();
        } else expect(parsed).toBeDefined();
        decodeResponse(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws over mutated queries and answers, and what it parsed it can answer', () => {
    fc.assert(
      fc.property(
        query.chain((options) => fc.tuple(fc.constant(options), mutated(encodeQuery(options)))),
        fc.array(record, { maxLength: 4 }),
        fc.infiniteStream(fc.nat(0xffff)),
        ([options, packet], answers, noise) => {
          const reply = { rcode: 0, isAuthoritative: true, answers, authority: [] };
          const parsed = parseQuery(packet);
          if (parsed?.question) {
            expect(
              decodeResponse(encodeResponse(parsed, reply, { maxBytes: 65_535, udpSize: 1232 })),
            ).toBeDefined();
          }
          const bytes = encodeResponse(ask(options), reply, { maxBytes: 65_535, udpSize: 1232 });
          for (let i = 0; i < 3; i++) {
            bytes[(noise.next().value ?? 0) % bytes.length] = (noise.next().value ?? 0) & 255;
          }
          decodeResponse(bytes);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps the type of unknown records', () => {
    const odd = { owner: QUESTION_NAME, type: 65_280, ttlSeconds: 1, content: Uint8Array.of(1, 2) };
    const bytes = encodeResponse(
      ask({ id: 1, name: 'a', type: TYPE.ANY }),
      { rcode: 0, isAuthoritative: true, answers: [odd], authority: [] },
      { maxBytes: 512, udpSize: 1232 },
    );
    expect(decodeResponse(bytes)?.answers[0]).toMatchObject({
      type: 65_280,
      value: { content: odd.content },
    });
  });
});
