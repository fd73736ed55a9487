// The published form of a report (DESIGN 4.3). Strict: a field that is not here cannot be sent, so content and
// recipients have no place to travel in.
import { SUBJECT_TYPES } from '@sekisho/subject';
import { z } from 'zod';
import { AUTH_RESULTS, CATEGORIES, EVIDENCE } from './vocabulary.js';

/** At most this many reports in one envelope. */
export const MAX_REPORTS = 1_000;
/** A larger envelope is answered 413 before it is read. 1,000 reports with sealed evidence of 2 kB each. */
export const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024;
/** JWE of exact time, port and sample headers; the network's owner alone can open it. */
const MAX_SEALED_CHARACTERS = 16_384;
const MAX_URL_HOSTS = 20;

const authResult = z.enum(AUTH_RESULTS);

export const reportSchema = z.strictObject({
  subject: z.strictObject({
    type: z.enum(SUBJECT_TYPES),
    value: z.string().min(1).max(300),
  }),
  category: z.enum(CATEGORIES),
  evidence: z.enum(EVIDENCE),
  count: z.int().min(1).max(1_000_000).default(1).meta({ description: 'messages or events seen' }),
  firstSeen: z.iso.datetime({ offset: true }),
  lastSeen: z.iso.datetime({ offset: true }),
  auth: z
    .strictObject({ spf: authResult.optional(), dkim: authResult.optional(), dmarc: authResult.optional() })
    .optional(),
  influenced: z.boolean().default(false).meta({
    description: "whether this exchange's own verdict led to the report; such reports never raise a score",
  }),
  fingerprint: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{16,1024}$/)
    .optional(),
  urlHosts: z.array(z.string().min(1).max(253)).max(MAX_URL_HOSTS).optional(),
  sealed: z
    .string()
    .max(MAX_SEALED_CHARACTERS)
    .regex(/^[\w-]+(?:\.[\w-]*){4}$/)
    .optional()
    .meta({ description: "compact JWE to the owner of the subject's network" }),
});

export type ReportInput = z.input<typeof reportSchema>;
export type WrittenReport = z.output<typeof reportSchema>;

export const envelopeClaimsSchema = z.object({
  iss: z.string().min(1).max(64),
  aud: z.string().min(1).max(255),
  iat: z.int(),
  jti: z.string().min(8).max(128),
  reports: z.array(z.unknown()).min(1).max(MAX_REPORTS),
});
export type EnvelopeClaims = z.output<typeof envelopeClaimsSchema>;

/** `typ` of the JOSE header of an envelope. */
export const ENVELOPE_TYP = 'sekisho-report+jwt';

/** The JSON Schema (2020-12) served at /schema/report.json. */
export function reportJsonSchema(id: string): Record<string, unknown> {
  return { $id: id, title: 'Sekisho report', ...z.toJSONSchema(reportSchema, { io: 'input' }) };
}
