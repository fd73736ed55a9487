export {
  admit,
  CLOCK_SKEW_MS,
  MAX_REPORT_AGE_MS,
  type AdmissionRules,
  type RefusalCode,
  type Report,
  type Verdict,
} from './admission.js';
export {
  ENVELOPE_TYP,
  envelopeClaimsSchema,
  MAX_ENVELOPE_BYTES,
  MAX_REPORTS,
  reportJsonSchema,
  type EnvelopeClaims,
  type ReportInput,
} from './schema.js';
export {
  AUTH_RESULTS,
  CATEGORIES,
  CATEGORIES_OF,
  EVIDENCE,
  type Category,
  type Evidence,
} from './vocabulary.js';
