import { readSubject, SubjectInvalid, type Subject } from '@sekisho/subject';
import { DeltaRejected, parseReturnCode, ZONE_NAMES, type ReturnCode, type ZoneDelta } from '@sekisho/zone';
import { z } from 'zod';

const subject = z.string().transform((text, context): Subject => {
  try {
    return readSubject(text);
  } catch (error) {
    if (!(error instanceof SubjectInvalid)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const returnCode = z.string().transform((text, context): ReturnCode => {
  const code = parseReturnCode(text);
  if (code === undefined) {
    context.addIssue({ code: 'custom', message: 'not a return code. Example: 127.0.91.3' });
    return z.NEVER;
  }
  return code;
});

const codes = z
  .array(returnCode)
  .min(1)
  .transform((list) => [...new Set(list)].sort((a, b) => a - b));

const serial = z.int().nonnegative();

/** What `/zones/:zone/changes` answers: texts of subjects and of return codes, read into a delta. */
export const changeMessage = z
  .object({
    zone: z.enum(ZONE_NAMES),
    from: serial,
    to: serial,
    announce: z.array(z.tuple([subject, codes])),
    withdraw: z.array(subject),
  })
  .refine(({ from, to }) => to > from, { error: 'the serial does not move forward', path: ['to'] })
  .transform(({ announce, ...delta }): ZoneDelta => ({
    ...delta,
    announce: announce.map(([listed, sorted]) => ({ subject: listed, codes: sorted })),
  }));

/** @throws {DeltaRejected} for octets that are no change message */
export function readChanges(body: Uint8Array): ZoneDelta {
  const parsed = changeMessage.safeParse(parseJson(body));
  if (!parsed.success) throw new DeltaRejected(z.prettifyError(parsed.error));
  return parsed.data;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DeltaRejected('it is no JSON');
  }
}
