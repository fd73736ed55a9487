// Read by hand: an edge that follows a hub would keep a schema library in memory for this message alone.
import { readSubject, SubjectInvalid, type Subject } from '@sekisho/subject';
import { DeltaRejected, isZoneName, parseReturnCode, type ReturnCode, type ZoneDelta } from '@sekisho/zone';

/**
 * What `/zones/:zone/changes` answers: texts of subjects and of return codes, read into a delta. Other members of the
 * message are left alone.
 * @throws {DeltaRejected} for what is no change message
 */
export function readChange(message: unknown): ZoneDelta {
  if (typeof message !== 'object' || message === null) throw new DeltaRejected('it is no object');
  const { zone, from, to, announce, withdraw } = message as Readonly<Record<string, unknown>>;
  if (typeof zone !== 'string' || !isZoneName(zone)) throw new DeltaRejected('zone: no zone of ours');
  if (!isSerial(from)) throw new DeltaRejected('from: no serial');
  if (!isSerial(to)) throw new DeltaRejected('to: no serial');
  if (to <= from) throw new DeltaRejected('to: the serial does not move forward');
  return {
    ...{ zone, from, to },
    announce: listOf(announce, 'announce').map((entry, i) => {
      const [text, codes, ...more] = listOf(entry, `announce[${i}]`);
      if (more.length > 0) throw new DeltaRejected(`announce[${i}]: more than a subject and its codes`);
      return {
        subject: subjectOf(text, `announce[${i}][0]`),
        codes: codesOf(codes, `announce[${i}][1]`),
      };
    }),
    withdraw: listOf(withdraw, 'withdraw').map((text, i) => subjectOf(text, `withdraw[${i}]`)),
  };
}

/** @throws {DeltaRejected} for octets that are no change message */
export function readChanges(body: Uint8Array): ZoneDelta {
  return readChange(parseJson(body));
}

const isSerial = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new DeltaRejected(`${where}: no list`);
  return value;
}

function subjectOf(text: unknown, where: string): Subject {
  if (typeof text !== 'string') throw new DeltaRejected(`${where}: no text`);
  try {
    return readSubject(text);
  } catch (error) {
    if (!(error instanceof SubjectInvalid)) throw error;
    throw new DeltaRejected(`${where}: ${error.message}`);
  }
}

/** Each code once, in order. */
function codesOf(value: unknown, where: string): readonly ReturnCode[] {
  const codes = listOf(value, where).map((text, i) => {
    const code = typeof text === 'string' ? parseReturnCode(text) : undefined;
    if (code !== undefined) return code;
    throw new DeltaRejected(`${where}[${i}]: not a return code. Example: 127.0.91.3`);
  });
  if (codes.length === 0) throw new DeltaRejected(`${where}: no code`);
  return [...new Set(codes)].sort((a, b) => a - b);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DeltaRejected('it is no JSON');
  }
}
